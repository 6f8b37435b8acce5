import { assign, createMachine, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { tell } from 'troupe';
import {
  always,
  defineSystem,
  explore,
  sometimes,
  type NetworkKind,
  type System,
  type SystemState,
} from 'troupe/testing';
import { system as dieHard } from '../../examples/model-checking/die-hard.ts';
import { system as increment } from '../../examples/model-checking/increment.ts';
import { system as pingPong } from '../../examples/model-checking/ping-pong.ts';
import { system as transactionCommit } from '../../examples/model-checking/transaction-commit.ts';

/** The models that others have counted. "Stateright" is src/actor/model.rs of that project where no file is named. */
const counts = (system: System): readonly number[] => {
  const { distinctStates, generatedStates, depth, complete } = explore(system);
  expect(complete).toBe(true);
  return [distinctStates, generatedStates, depth];
};

const stepsOf = (system: System, name: string): readonly (boolean | number | null)[] => {
  const { holds, steps } = explore(system).properties.find((each) => each.name === name)!;
  return [holds, steps];
};

describe('ping-pong (Stateright)', () => {
  it.each([
    [1, 14],
    [5, 4_094],
  ])('lossy and duplicating, up to %i', (max, states) => {
    const system = pingPong({ max });
    expect(counts(system)[0]).toBe(states);
    expect(stepsOf(system, 'the counts differ by one at most')).toEqual([true, null]);
    expect(stepsOf(system, 'must reach max')).toEqual([false, 1]);
    const { trace } = explore(system).properties.find(({ name }) => name === 'must reach max')!;
    expect(trace!.steps.map(({ action }) => action)).toMatchObject([
      { kind: 'lose', sent: { from: 'pinger', to: 'ponger', event: { type: 'PING', value: 0 } } },
    ]);
  });

  it.each<NetworkKind>(['duplicating', 'unordered'])('lossless, %s', (network) => {
    const system = pingPong({ max: 5, lossy: false, network });
    expect(counts(system)[0]).toBe(11);
    expect(stepsOf(system, 'must reach max')).toEqual([true, null]);
    const exceeds = explore(system).properties.find(({ name }) => name === 'must exceed max')!;
    expect(exceeds.holds).toBe(false);
    expect(counted(exceeds.trace!.steps.at(-1)!.state.actors)).toEqual([5, 5]);
  });

  it('with what was sent and delivered as part of the state', () => {
    expect(counts(pingPong({ max: 2, lossy: false, network: 'unordered', counted: true }))).toEqual([
      5, 5, 5,
    ]);
  });
});

const counted = (actors: Readonly<Record<string, { readonly context: unknown }>>): readonly number[] =>
  Object.values(actors).map(({ context }) => (context as { count: number }).count);

describe('models of one actor', () => {
  it('DieHard: 16 states of which one is found in 6 actions (TLA+ examples, DieHard)', () => {
    expect(counts(dieHard())).toEqual([16, 97, 8]);
    expect(stepsOf(dieHard(), 'not solved')).toEqual([false, 6]);
    expect(stepsOf(dieHard(), 'solved')).toEqual([true, 6]);
    // Jugs of 2 and 4 never hold 3.
    expect(stepsOf(dieHard({ small: 2, big: 4, goal: 3 }), 'solved')).toEqual([false, null]);
  });

  // For 3 threads: an independent program of ours.
  it.each([
    [2, [13, 15, 5], 8],
    [3, [84, 112, 7], 22],
  ])(
    'increment with %i threads loses an update in 4 steps (Stateright, examples/increment.rs)',
    (threads, states, orbits) => {
      const system = increment({ threads });
      expect(counts(system)).toEqual(states);
      expect(explore(system, { symmetry: true }).distinctStates).toBe(orbits);
      expect(stepsOf(system, 'the counter counts who has finished')).toEqual([false, 4]);
    },
  );

  it('the specification of transaction commit (TLA+ examples, TCommit)', () => {
    expect(counts(transactionCommit({ participants: 3 }))).toEqual([34, 94, 7]);
    expect(stepsOf(transactionCommit(), 'none aborts where another commits')).toEqual([true, null]);
    expect(stepsOf(transactionCommit(), 'all commit')).toEqual([true, 6]);
  });

  it('a linear equation modulo 256 (Stateright, src/checker/bfs.rs)', () => {
    const insoluble = explore(equation(2, 4, 7));
    expect(insoluble).toMatchObject({ distinctStates: 65_536, generatedStates: 131_073, complete: true });
    expect(insoluble.properties.at(-1)).toMatchObject({ name: 'solved', holds: false, steps: null });
    const soluble = { ...equation(2, 10, 14), boundary: isSmall };
    expect(stepsOf(soluble, 'solved')).toEqual([true, 3]);
  });
});

const isSmall = ({ actors }: SystemState): boolean => {
  const { x, y } = actors['solver']!.context as { x: number; y: number };
  return x < 16 && y < 16;
};

/** Bytes x and y with a * x + b * y = c. */
const equation = (a: number, b: number, c: number): System => {
  const logic = setup({
    types: { context: {} as { x: number; y: number }, events: {} as { type: 'X' | 'Y' } },
  }).createMachine({
    context: { x: 0, y: 0 },
    on: {
      X: { actions: assign({ x: ({ context }) => (context.x + 1) % 256 }) },
      Y: { actions: assign({ y: ({ context }) => (context.y + 1) % 256 }) },
    },
  });
  return defineSystem({
    name: 'equation',
    actors: { solver: { logic, choices: [{ type: 'X' }, { type: 'Y' }] } },
    properties: [
      sometimes('solved', ({ actors }) => {
        const { x, y } = actors['solver']!.context as { x: number; y: number };
        return (a * x + b * y) % 256 === c;
      }),
    ],
  });
};

/** An actor that says some numbers when it starts, and one that notes what it takes. */
const noting = (
  says: readonly number[],
  heeds: (value: number) => boolean,
  rest: Partial<System> & Pick<System, 'network'>,
): System => {
  const speaker = createMachine({ entry: says.map((value) => tell('listener', { type: 'SAY', value })) });
  const listener = setup({
    types: { context: {} as { notes: readonly number[] }, events: {} as { type: 'SAY'; value: number } },
  }).createMachine({
    context: { notes: [] },
    on: {
      SAY: {
        guard: ({ event }) => heeds(event.value),
        actions: assign({ notes: ({ context, event }) => [...context.notes, event.value] }),
      },
    },
  });
  return defineSystem({
    name: 'noting',
    actors: { speaker: { logic: speaker }, listener: { logic: listener } },
    properties: [always('nothing to prove', () => true)],
    ...rest,
  });
};

const notes = (state: { readonly actors: Readonly<Record<string, { readonly context: unknown }>> }) =>
  (state.actors['listener']!.context as { notes: readonly number[] }).notes;

describe('what a network may do with messages (Stateright)', () => {
  it.each<[NetworkKind, number]>([
    ['duplicating', 2],
    ['unordered', 2],
    ['ordered', 3],
  ])('%s: what nobody heeds is no step, except that it is taken from a queue', (network, states) => {
    const heeds = (value: number) => value === 1;
    const system = noting([0, 1], heeds, { network, boundary: (state) => notes(state).length <= 1 });
    expect(counts(system)[0]).toBe(states);
  });

  it.each<[NetworkKind, string[]]>([
    ['ordered', ['', '2', '2,1']],
    ['unordered', ['', '1', '2', '1,2', '2,1']],
  ])('%s: what the receiver of 2 and then 1 may have noted', (network, expected) => {
    const system = noting([2, 1], () => true, { network });
    const all = ['', '1', '2', '1,2', '2,1', '1,1', '2,2'];
    const asked = all.map((text) => sometimes(text, (state) => notes(state).join() === text));
    const { properties } = explore({ ...system, properties: asked });
    const seen = properties.filter(({ kind, holds }) => kind === 'sometimes' && holds === true);
    expect(seen.map(({ name }) => name)).toEqual(all.filter((text) => expected.includes(text)));
  });

  // A state is how many were taken and how many are left; a set for a multiset would have fewer (Stateright had that bug).
  it.each<[NetworkKind, boolean, number]>([
    ['ordered', false, 3],
    ['ordered', true, 6],
    ['unordered', false, 3],
    ['unordered', true, 6],
    ['duplicating', false, 4],
    ['duplicating', true, 8],
  ])('%s, lossy %s: two equal messages to a receiver that counts to three', (network, lossy, states) => {
    const system = noting([7, 7], () => true, {
      network,
      faults: { lose: lossy ? Infinity : 0 },
      boundary: (state) => notes(state).length < 4,
    });
    expect(counts(system)[0]).toBe(states);
  });

  it('three idle actors of which one may crash', () => {
    const idle = { logic: createMachine({}) };
    const system = defineSystem({
      name: 'idle',
      actors: { a: idle, b: idle, c: idle },
      faults: { crash: 1, restart: 0 },
      properties: [],
    });
    expect(counts(system)).toEqual([4, 4, 2]);
  });
});
