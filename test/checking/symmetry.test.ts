import { tell } from 'troupe';
import {
  always,
  defineSystem,
  eventually,
  explore,
  sometimes,
  type ActorView,
  type Property,
  type System,
} from 'troupe/testing';
import { assign, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { system as increment } from '../../examples/model-checking/increment.ts';
import { system as twoPhaseCommit } from '../../examples/model-checking/two-phase-commit.ts';
import { Model } from './support/naive.ts';

/**
 * Orbits of the states of TwoPhase (Gray and Lamport), counted without any renaming: two states are the same but for names when they have
 * the same coordinator, the same broadcasts, and the same participants, counted by (state, counted as prepared, has said so).
 */
function orbits(participants: number): number {
  interface State {
    readonly rm: readonly string[];
    readonly tm: string;
  }
  const sorted = ({ rm, tm }: State): string => `${[...rm].sort().join()}|${tm}`;
  const change = (state: State, at: number, to: string, tm = state.tm): State => ({
    rm: state.rm.with(at, to),
    tm,
  });
  const follow = (state: State): State[] => {
    const { rm, tm } = state;
    const own = rm.flatMap((each, at): State[] => {
      const [phase, counted, said] = each.split(' ');
      const steps = tm === 'undecided' && said === '1' ? [change(state, at, `${phase} 1 1`)] : [];
      if (phase === 'working')
        steps.push(
          change(state, at, `prepared ${counted} 1`),
          change(state, at, `aborted ${counted} ${said}`),
        );
      if (tm !== 'undecided') steps.push(change(state, at, `${tm} ${counted} ${said}`));
      return steps;
    });
    if (tm !== 'undecided') return own;
    const all = rm.every((each) => each.split(' ')[1] === '1');
    return [...own, { rm, tm: 'aborted' }, ...(all ? [{ rm, tm: 'committed' }] : [])];
  };
  const first: State = { rm: Array.from({ length: participants }, () => 'working 0 0'), tm: 'undecided' };
  const seen = new Set([sorted(first)]);
  const queue = [first];
  for (const state of queue)
    for (const next of follow(state)) {
      if (seen.has(sorted(next))) continue;
      seen.add(sorted(next));
      queue.push(next);
    }
  return seen.size;
}

describe('symmetry reduction', () => {
  // 94 for three and 665 for five, which are also in circulation, come of representatives that depend on the order of the search.
  it.each([
    [2, 34],
    [3, 80],
    [4, 166],
    [5, 314],
  ])('two-phase commit with %i participants has %i states but for names', (participants, count) => {
    const { distinctStates, complete, properties } = explore(twoPhaseCommit({ participants }), {
      symmetry: true,
    });
    expect([distinctStates, complete]).toEqual([count, true]);
    expect(orbits(participants)).toBe(count);
    expect(properties.every(({ holds }) => holds)).toBe(true);
  });

  it.each([
    [2, 13, 8],
    [3, 84, 22],
  ])(
    'increment with %i threads: %i states, %i but for names (Stateright, examples/increment.rs)',
    (threads, all, few) => {
      expect(explore(increment({ threads })).distinctStates).toBe(all);
      expect(explore(increment({ threads }), { symmetry: true }).distinctStates).toBe(few);
    },
  );

  it('shows a run that really happens, as short as without it', () => {
    const system = twoPhaseCommit({ participants: 3, mutant: 'majority' });
    const verdict = (symmetry: boolean) =>
      explore(system, { symmetry }).properties.find(
        ({ kind, holds }) => kind === 'always' && holds === false,
      )!;
    expect(verdict(true).steps).toBe(verdict(false).steps);
    const model = new Model(system);
    let world = model.initial();
    for (const { action, state } of verdict(true).trace!.steps) {
      const text = JSON.stringify(action);
      world = model.edges(world).find((edge) => JSON.stringify(edge.action) === text)!.to;
      const values = ({ actors }: { actors: Readonly<Record<string, { value: unknown }>> }) =>
        Object.values(actors).map(({ value }) => value);
      expect(values(model.view(world))).toEqual(values(state));
    }
    expect(
      model.system.properties.every(({ kind, holds }) => kind !== 'always' || holds(model.view(world))),
    ).toBe(false);
  });
});

const voter = setup({
  types: {
    context: {} as { seen: readonly string[]; to: string },
    events: {} as { type: 'VOTE' | 'GOT'; by: string },
    input: {} as { to: string },
  },
}).createMachine({
  context: ({ input }) => ({ seen: [], to: input.to }),
  on: {
    VOTE: {
      actions: tell(
        ({ context }) => context.to,
        ({ event }) => ({ type: 'GOT' as const, by: event.by }),
      ),
    },
    GOT: {
      guard: ({ context, event }) => !context.seen.includes(event.by),
      actions: assign({ seen: ({ context, event }) => [...context.seen, event.by] }),
    },
  },
});

const votes = (properties: readonly Property[], weight = 1, more: Partial<System> = {}): System =>
  defineSystem({
    name: 'votes',
    network: 'monotone',
    actors: {
      a: { logic: voter, input: { to: 'box' }, choices: [{ type: 'VOTE', by: 'a' }] },
      b: {
        logic: voter,
        input: { to: 'box' },
        choices: Array.from({ length: weight }, (_, n) => ({ type: 'VOTE', by: n === 0 ? 'b' : 'c' })),
      },
      box: { logic: voter, input: { to: '' } },
    },
    symmetry: [['a', 'b']],
    properties,
    ...more,
  });

const seen = ({ context }: ActorView): readonly string[] => (context as { seen: readonly string[] }).seen;

const code = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return undefined;
};

describe('a claim to symmetry that is not true', () => {
  it('is refuted by actors that do different things', () => {
    expect(code(() => explore(votes([], 2), { symmetry: true }))).toBe('NOT_SYMMETRIC');
    expect(code(() => explore(votes([], 2)))).toBeUndefined();
  });

  it('is refuted by a property that prefers one of them', () => {
    const unfair = always('a first', ({ actors }) => seen(actors['box']!)[0] !== 'b');
    expect(code(() => explore(votes([unfair]), { symmetry: true }))).toBe('NOT_SYMMETRIC');
    const fair = sometimes('both', ({ actors }) => seen(actors['box']!).length === 2);
    expect(explore(votes([fair]), { symmetry: true }).properties.at(-1)?.holds).toBe(true);
  });

  it('is refuted by cuts that exist for one of them only', () => {
    const cut = votes([], 1, { cuts: [['a']], faults: { partition: 1 } });
    expect(code(() => explore(cut, { symmetry: true }))).toBe('NOT_SYMMETRIC');
  });

  it('is refused where an actor is in two groups, or the exchanges are too many', () => {
    expect(
      code(() =>
        explore(
          votes([], 1, {
            symmetry: [
              ['a', 'b'],
              ['b', 'box'],
            ],
          }),
          { symmetry: true },
        ),
      ),
    ).toBe('INVALID_OPTION');
    const actors = Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [`v${n}`, { logic: voter, input: { to: '' } }]),
    );
    const many = defineSystem({ name: 'many', actors, symmetry: [Object.keys(actors)], properties: [] });
    expect(() => explore(many, { symmetry: true })).toThrow('40320 ways');
  });
});

it('does not judge what goes round for ever', () => {
  const endless = votes([eventually('never', () => false)], 1);
  expect(explore(endless).properties.at(-1)?.holds).toBe(false);
  expect(explore(endless, { symmetry: true }).properties.at(-1)?.holds).toBe(null);
});
