import { tell } from 'troupe';
import {
  always,
  defineSystem,
  explore,
  keyOf,
  quiescent,
  sometimes,
  type ActorView,
  type System,
} from 'troupe/testing';
import { assign, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { seeded, seedOf } from '../../src/testing/random.ts';
import { randomSystem } from './support/explore-random.ts';

/**
 * Leader election in a one-way ring (Chang and Roberts, 1979): a number goes on as long as it is larger than the numbers it meets; the one
 * that comes back is the leader's.
 */
const elector = setup({
  types: {
    context: {} as { id: number; next: string; best: number },
    input: {} as { id: number; next: string },
    events: {} as { type: 'CANDIDATE'; id: number },
  },
  guards: {
    larger: ({ context, event }) => event.id > context.best,
    own: ({ context, event }) => event.id === context.id,
  },
}).createMachine({
  context: ({ input }) => ({ ...input, best: input.id }),
  entry: tell(
    ({ context }) => context.next,
    ({ context }) => ({ type: 'CANDIDATE' as const, id: context.id }),
  ),
  initial: 'candidate',
  states: {
    candidate: {
      on: {
        CANDIDATE: [
          {
            guard: 'larger',
            target: 'follower',
            actions: [
              assign({ best: ({ event }) => event.id }),
              tell(
                ({ context }) => context.next,
                ({ event }) => event,
              ),
            ],
          },
          { guard: 'own', target: 'leader' },
          {},
        ],
      },
    },
    follower: {
      on: {
        CANDIDATE: [
          {
            guard: 'larger',
            actions: [
              assign({ best: ({ event }) => event.id }),
              tell(
                ({ context }) => context.next,
                ({ event }) => event,
              ),
            ],
          },
          {},
        ],
      },
    },
    leader: {},
  },
});

const ring = (size: number, right = true): System => {
  const name = (n: number): string => `n${n % size}`;
  // The largest number belongs to n0; the others grow around the ring, which makes most messages.
  const id = (n: number): number => (n === 0 ? size : size - n);
  const leaders = ({ actors }: { actors: Readonly<Record<string, { value: unknown }>> }): number =>
    Object.values(actors).filter(({ value }) => value === 'leader').length;
  return defineSystem({
    name: 'ring',
    actors: Object.fromEntries(
      Array.from({ length: size }, (_, n) => [
        name(n),
        { logic: elector, input: { id: id(n), next: name(n + 1) } },
      ]),
    ),
    properties: [
      always('n1 does not lead', ({ actors }) => actors['n1']!.value !== 'leader', { about: ['n1'] }),
      sometimes('n0 leads', ({ actors }) => actors['n0']!.value === 'leader', { about: ['n0'] }),
      quiescent('one leads', (state) => leaders(state) === (right ? 1 : 0)),
    ],
  });
};

const verdicts = (system: System, partialOrder: boolean) =>
  explore(system, { partialOrder }).properties.map(({ name, holds }) => [name, holds]);

/** All ways a run of the system may end, and which states of one actor come to be. */
function outcomes(system: System, who: string, local: readonly string[], partialOrder: boolean) {
  const ends = new Set<string>();
  const end = quiescent('ends', ({ actors }) => {
    ends.add(keyOf(Object.values(actors).map(({ value, context }) => [value, context] as unknown)));
    return true;
  });
  const reached = local.map((key) =>
    sometimes(key, ({ actors }) => stateOf(actors[who]!) === key, { about: [who] }),
  );
  const { distinctStates, properties } = explore(
    { ...system, properties: [...reached, end] },
    { partialOrder },
  );
  return { distinctStates, ends, holds: properties.map(({ name, holds }) => [name, holds]) };
}

const stateOf = ({ value, context }: ActorView): string => keyOf([value, context]);

/** A random system without what ties all steps together. */
function loose(seed: number): System {
  const { actors, name, network } = randomSystem(seeded(seed));
  return { name, actors, ...(network === undefined ? {} : { network }), properties: [] };
}

/** Every state of one actor that the whole search finds. */
function statesOf(system: System, who: string): string[] {
  const found = new Set<string>();
  const look = always('look', ({ actors }) => {
    found.add(stateOf(actors[who]!));
    return true;
  });
  explore({ ...system, properties: [look] });
  return [...found];
}

const SEED = Number(process.env['TROUPE_SEED'] ?? 1);

describe('partial order reduction', () => {
  it('looks at as many states of a ring as a run has steps, where the whole search explodes', () => {
    const whole = [3, 5, 7].map((size) => explore(ring(size)).distinctStates);
    const reduced = [3, 5, 7, 16].map((size) => explore(ring(size), { partialOrder: true }).distinctStates);
    expect(whole).toEqual([14, 132, 1430]); // the Catalan numbers of 4, 6 and 8
    expect(reduced).toEqual([11, 32, 65, 362]);
  });

  it.each([3, 4, 5])('decides the same as the whole search in a ring of %i', (size) => {
    for (const right of [true, false])
      expect(verdicts(ring(size, right), true)).toEqual(verdicts(ring(size, right), false));
  });

  it('agrees with the whole search on random systems: the same ends, the same states of an actor', () => {
    let reduced = 0;
    for (let run = 0; run < 120; run += 1) {
      const system = loose(seedOf(SEED, run));
      if (!explore(system, { maxStates: 800 }).complete) continue;
      const who = Object.keys(system.actors)[run % Object.keys(system.actors).length]!;
      const local = statesOf(system, who);
      const [whole, part] = [outcomes(system, who, local, false), outcomes(system, who, local, true)];
      expect(part.holds, `TROUPE_SEED=${SEED}, run ${run}`).toEqual(whole.holds);
      expect(part.ends, `TROUPE_SEED=${SEED}, run ${run}`).toEqual(whole.ends);
      if (part.distinctStates < whole.distinctStates) reduced += 1;
    }
    expect(reduced).toBeGreaterThan(10);
  });

  it('leaves everything in place where a property may look at anything, and under faults', () => {
    const seeing: System = { ...ring(4), properties: [always('anything', () => true)] };
    expect(explore(seeing, { partialOrder: true }).distinctStates).toBe(explore(seeing).distinctStates);
    const lossy: System = { ...ring(3), faults: { lose: 1 }, properties: [] };
    expect(explore(lossy, { partialOrder: true }).distinctStates).toBe(explore(lossy).distinctStates);
  });
});
