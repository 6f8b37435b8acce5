import { getShortestPaths } from '@xstate/graph';
import { assign, createMachine, fromPromise, setup, type AnyStateMachine } from 'xstate';
import {
  allOf,
  anyOf,
  covered,
  elapsed,
  pairPaths,
  pathsMade,
  postmanPaths,
  randomPaths,
  reached,
  shortestPaths,
  simplePaths,
  stateGraph,
  stepsTaken,
  transitionPaths,
} from 'troupe/testing';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/testing/random.ts';
import { codeOf } from '../support/code-of.ts';
import { cube, dieHard } from './fixtures/puzzles.ts';
import { typed } from '../../machines/vocabulary.ts';

const names = (paths: Iterable<{ readonly name: string }>): string[] => [...paths].map(({ name }) => name);

describe('die hard: two jugs, four gallons', () => {
  it('has the counts of TLA+ and of @xstate/graph', () => {
    // 16 states and 97 states generated: tlaplus/Examples DieHard, one of them the initial one, 12 of which lead nowhere new from success;
    // 2, 14 and 6: statelyai/xstate, graph/test/dieHard.test.ts.
    const { states, edges } = stateGraph(dieHard);
    expect([states.length, edges.length]).toEqual([16, 84]);
    const success = shortestPaths(dieHard, { to: 'success' });
    expect(success.all.map(({ length }) => length)).toEqual([6, 8]);
    expect(simplePaths(dieHard, { to: 'success' }).length).toBe(14);
    const dry = simplePaths(dieHard, {
      to: (state) => state.matches('success') && (state.context as { three: number }).three === 0,
    });
    expect(dry.length).toBe(6);
  });

  it('is solved by the shortest path', () => {
    expect(names(shortestPaths(dieHard, { to: 'success' }))[0]).toBe(
      'pouring · FILL_5 → pouring · POUR_5_TO_3 → pouring · EMPTY_3 → pouring · POUR_5_TO_3 → pouring · FILL_5 → pouring · POUR_5_TO_3 → success',
    );
  });

  it('takes as many steps to each state as @xstate/graph', () => {
    const theirs = getShortestPaths(dieHard).map(({ weight }) => weight);
    const ours = shortestPaths(dieHard).all.map(({ length }) => length);
    expect(ours).toHaveLength(16);
    expect(ours.sort()).toEqual(theirs.sort());
  });

  it('is covered by transitions, edges and pairs', () => {
    const once = transitionPaths(dieHard);
    expect([once.length, once.coverage().transitions]).toMatchObject([1, { covered: 7, total: 7 }]);
    const every = transitionPaths(dieHard, { over: 'edges' });
    expect(new Set(every.all.flatMap(({ edges }) => edges)).size).toBe(84);
    const pairs = pairPaths(dieHard).coverage().pairs;
    expect([pairs.covered, pairs.total]).toEqual([40, 40]);
  });
});

describe('pairs and longer switches', () => {
  const triangle = createMachine({
    id: 't',
    initial: 'a',
    states: { a: { on: { X: 'b', Y: 'c' } }, b: { on: { X: 'c', Y: 'a' } }, c: { on: { X: 'a' } } },
  });

  /** Every run of so many consecutive edges, found by brute force. By hand: Fibonacci numbers. */
  const sequences = (machine: AnyStateMachine, length: number): Set<string> => {
    const graph = stateGraph(machine);
    let runs = graph.edges.map((_, number) => [number]);
    for (let more = 1; more < length; more++)
      runs = runs.flatMap((run) => graph.out(graph.edges[run.at(-1)!]!.to).map((next) => [...run, next]));
    return new Set(runs.map(String));
  };

  it.each([
    [1, 8],
    [2, 13],
    [3, 21],
  ])('%i switches of five edges are %i sequences, all of them taken', (switches, count) => {
    const wanted = sequences(triangle, switches + 1);
    const taken = pairPaths(triangle, { switches, over: 'edges' }).all.flatMap(({ edges }) =>
      edges.map((_, at) => edges.slice(at, at + switches + 1)).filter(({ length }) => length > switches),
    );
    expect(wanted.size).toBe(count);
    expect(new Set(taken.map(String))).toEqual(wanted);
  });

  it('refuses what is no number of switches', async () => {
    expect(await codeOf(() => pairPaths(triangle, { switches: 0 }))).toBe('INVALID_OPTION');
  });
});

interface Counted {
  readonly context: { readonly n: number };
}

describe('bounds', () => {
  const counter = setup({ types: typed<{ context: { n: number; on: boolean } }>() }).createMachine({
    context: { n: 0, on: false },
    on: {
      ADD: { actions: assign({ n: ({ context }) => context.n + 1 }) },
      FLIP: { actions: assign({ on: ({ context }) => !context.on }) },
    },
  });

  it('a context that grows stops the exploration, which says which field it was', () => {
    const paths = shortestPaths(counter, { limits: { states: 500 } });
    expect([paths.length, paths.complete, paths.incomplete?.limit]).toEqual([500, false, 'states']);
    expect(paths.incomplete?.grows.map(({ field }) => field)).toEqual(['context.n']);
    expect(shortestPaths(counter, { limits: { memory: 2_000 } }).incomplete?.limit).toBe('memory');
  });

  it('the clock stops it, and the number of paths', async () => {
    let now = 0;
    const clock = { now: () => (now += 10) };
    expect(shortestPaths(counter, { clock, limits: { time: 30 } }).incomplete?.limit).toBe('time');
    const simple = simplePaths(cube(3), { limits: { paths: 100 } });
    expect([simple.length, simple.complete, simple.incomplete]).toEqual([
      100,
      false,
      { limit: 'paths', grows: [] },
    ]);
    expect(await codeOf(() => shortestPaths(counter, { limits: { time: 30 } }))).toBe('INVALID_OPTION');
  });

  it('a filter keeps it small, a key makes states one', () => {
    const small = shortestPaths(counter, { filter: ({ context }: Counted) => context.n < 3 });
    expect([small.length, small.complete]).toEqual([8, true]);
    const parity = stateGraph(counter, { key: ({ context }: Counted) => context.n % 2 });
    expect(parity.states).toHaveLength(2);
  });

  it('of a coarse key, paths the machine does not take are left out', () => {
    const gate = setup({ types: typed<{ context: { n: number } }>() }).createMachine({
      id: 'gate',
      context: { n: 0 },
      initial: 'shut',
      states: {
        shut: {
          on: {
            KNOCK: { actions: assign({ n: ({ context }) => context.n + 1 }) },
            OPEN: { guard: ({ context }) => context.n >= 2, target: 'open' },
          },
        },
        open: { on: { SHUT: 'shut' } },
      },
    });
    const key = ({ value, context }: { value: unknown; context: { n: number } }) => [
      value,
      Math.min(context.n, 2),
    ];
    const fine = transitionPaths(gate, { key, over: 'edges' });
    expect([fine.graph.states.length, fine.complete]).toEqual([4, true]);
    const coarse = shortestPaths(gate, { key: ({ value }) => value as string });
    expect([coarse.graph.states.length, coarse.length]).toEqual([1, 1]);
  });

  it('a path of 30,000 steps is found without recursion', () => {
    const far = shortestPaths(counter, {
      filter: ({ context }: Counted, move) =>
        context.n < 30_000 && move.kind === 'event' && move.event.type === 'ADD',
    });
    expect(far.all.at(-1)!.length).toBe(30_000);
    const simple = simplePaths(counter, {
      filter: ({ context }: Counted, move) =>
        context.n < 5_000 && move.kind === 'event' && move.event.type === 'ADD',
    });
    expect(simple.length).toBe(5_001);
  });
});

describe('the alphabet', () => {
  const shop = setup({
    types: typed<{
      context: { paid: number };
      events: { type: 'PAY'; amount: number } | { type: 'LEAVE' };
    }>(),
    actors: { charge: fromPromise<string, number>(async () => 'never called') },
    guards: { isMuch: ({ event }) => (event as { amount: number }).amount.toFixed(0).length > 1 },
  }).createMachine({
    id: 'shop',
    context: { paid: 0 },
    initial: 'open',
    states: {
      open: {
        on: { PAY: [{ guard: 'isMuch', target: 'charging' }, { target: 'thanks' }], LEAVE: 'gone' },
        after: { 500: 'gone' },
      },
      charging: {
        invoke: { src: 'charge', input: 7, onDone: 'thanks', onError: 'open' },
        on: { LEAVE: 'gone' },
      },
      thanks: { type: 'final' },
      gone: { type: 'final' },
    },
  });

  it('without a case sends the bare event, and says whose guard cannot do without', async () => {
    expect(() => shortestPaths(shop)).toThrow(
      /^No case for "PAY" in state "open": PAY without a payload makes the machine fail \(Unable to evaluate guard.*\)\. Give cases: \{ PAY: \[\{ … \}\] \}\.$/,
    );
    expect(await codeOf(() => shortestPaths(shop))).toBe('NO_CASE');
  });

  it('sends every case, lets timers run out, and ends work as it was told', () => {
    const paths = transitionPaths(shop, {
      cases: { PAY: [{ amount: 5 }, { type: 'PAY', amount: 50 }] },
      outcomes: { charge: [{ output: 'receipt' }, { error: new Error('no cover') }] },
      over: 'edges',
    });
    expect(names(paths)).toEqual([
      'open · LEAVE → gone',
      'open · PAY {"amount":5} → thanks',
      'open · PAY {"amount":50} → charging · LEAVE → gone',
      'open · after 500 ms → gone',
      'open · PAY {"amount":50} → charging · 0.shop.charging is done with "receipt" → thanks',
      'open · PAY {"amount":50} → charging · 0.shop.charging fails with no cover → open',
    ]);
  });

  it('takes cases that are functions of the state, and an empty list for never', () => {
    const cases = { PAY: () => [{ amount: 50 }], LEAVE: [] };
    const { length } = shortestPaths(shop, {
      cases,
      outcomes: { charge: (input: number) => [{ output: input }] },
    });
    expect(length).toBe(4);
  });

  it('needs cases of wildcards, and takes them from types they cover', async () => {
    const mouse = createMachine({
      initial: 'idle',
      states: { idle: { on: { 'mouse.*': 'busy' } }, busy: {} },
    });
    expect(() => shortestPaths(mouse)).toThrow('No case for "mouse.*" in state "idle"');
    expect(names(shortestPaths(mouse, { cases: { 'mouse.click': [{}] } }))).toEqual([
      'idle',
      'idle · mouse.click → busy',
    ]);
    expect(names(shortestPaths(mouse, { cases: { 'mouse.*': [{ type: 'mouse.up' }] } }))[1]).toBe(
      'idle · mouse.up → busy',
    );
    expect(await codeOf(() => shortestPaths(mouse, { cases: { 'mouse.*': [{ x: 1 }] } }))).toBe(
      'INVALID_OPTION',
    );
  });

  it('lets only timers run out that can be due, unless any may', () => {
    const race = createMachine({
      id: 'race',
      initial: 'a',
      states: { a: { after: { 100: 'b', 200: 'c' } }, b: { type: 'final' }, c: { type: 'final' } },
    });
    expect(names(shortestPaths(race))).toEqual(['a', 'a · after 100 ms → b']);
    expect(names(shortestPaths(race, { timers: 'any' }))).toEqual([
      'a',
      'a · after 100 ms → b',
      'a · after 200 ms → c',
    ]);
  });

  it('keeps apart states that only their history tells apart, where @xstate/graph takes them for one', () => {
    const radio = createMachine({
      initial: 'on',
      states: {
        on: {
          initial: 'am',
          states: { am: { on: { BAND: 'fm' } }, fm: { on: { BAND: 'am' } }, last: { type: 'history' } },
          on: { POWER: 'off' },
        },
        off: { on: { POWER: 'on.last' } },
      },
    });
    expect(shortestPaths(radio).length).toBeGreaterThan(getShortestPaths(radio).length);
    const ways = simplePaths(radio, { to: 'off' });
    expect(names(ways)).toContain('on.am · BAND → on.fm · POWER → off');
  });
});

describe('faults of the machine', () => {
  it('that is not deterministic is refused, and the field named', () => {
    let calls = 0;
    const fickle = setup({ types: typed<{ context: { at: number } }>() }).createMachine({
      context: { at: 0 },
      initial: 'a',
      states: { a: { on: { GO: { target: 'b', actions: assign({ at: () => ++calls }) } } }, b: {} },
    });
    expect(() => shortestPaths(fickle)).toThrow(
      /not deterministic: over GO in state "a" it decides differently each time \(context\.at\)/,
    );
  });

  it('that throws with a case it was given is a path, and not an exception of ours', () => {
    const broken = setup({
      types: typed<{ context: object; events: { type: 'GO'; n: number } }>(),
    }).createMachine({
      initial: 'a',
      states: {
        a: {
          on: {
            GO: {
              target: 'b',
              guard: ({ event }) => {
                if (event.n > 1) throw new Error('too much');
                return true;
              },
            },
          },
        },
        b: {},
      },
    });
    const failures = shortestPaths(broken, { cases: { GO: [{ n: 1 }, { n: 2 }] } }).failures();
    expect(names(failures)).toEqual(['a · GO {"n":2} → a (error)']);
  });

  it('that cannot start says why', async () => {
    const needy = setup({ types: typed<{ context: { n: number }; input: { n: number } }>() }).createMachine({
      context: ({ input }) => ({ n: input.n }),
    });
    expect(await codeOf(() => shortestPaths(needy))).toBe('MACHINE_FAILED');
    expect(shortestPaths(needy, { input: { n: 1 } }).length).toBe(1);
  });
});

describe('random paths', () => {
  it('are the same for the same seed, and end where they are told', () => {
    const options = () => ({ random: seeded(7), count: 5, length: 20 });
    expect(names(randomPaths(dieHard, options()))).toEqual(names(randomPaths(dieHard, options())));
    const to = randomPaths(dieHard, {
      ...options(),
      to: ({ context }: { context: { three: number } }) => context.three === 3,
    });
    expect(to.all.map(({ state }) => (state.context as { three: number }).three)).toEqual([3, 3, 3, 3, 3]);
  });

  it('never take what weighs nothing', () => {
    const paths = randomPaths(dieHard, {
      random: seeded(1),
      weights: { FILL_3: 0, EMPTY_3: 0, EMPTY_5: 0, POUR_3_TO_5: 10 },
      length: 200,
    });
    const types = new Set(paths.all.flatMap(({ events }) => events.map(({ type }) => type)));
    expect([...types].sort()).toEqual(['FILL_5', 'POUR_3_TO_5', 'POUR_5_TO_3']);
  });
});

describe('stop conditions', () => {
  const random = () => seeded(3);

  it('coverage, a state, steps, paths and time each end a generator, alone and together', () => {
    const all = randomPaths(dieHard, { random: random(), stop: covered('transitions') });
    expect(all.coverage().transitions).toMatchObject({ covered: 7, total: 7 });
    const half = randomPaths(dieHard, { random: random(), stop: covered('guards', 50) });
    expect(half.coverage().guards.covered).toBe(1);
    const there = randomPaths(dieHard, { random: random(), stop: reached('success') });
    expect(there.all.filter(({ state }) => state.matches('success'))).toHaveLength(1);
    expect(randomPaths(dieHard, { random: random(), stop: stepsTaken(77) }).steps).toBe(77);
    const five = randomPaths(dieHard, { random: random(), length: 10, stop: pathsMade(5, 10) });
    expect([five.length, five.steps]).toEqual([5, 50]);
    let now = 0;
    const stop = elapsed(100, { now: () => (now += 10) });
    expect(randomPaths(dieHard, { random: random(), stop }).steps).toBe(10);
    const both = randomPaths(dieHard, { random: random(), stop: allOf(stepsTaken(60), reached('pouring')) });
    expect(both.steps).toBe(60);
    const one = randomPaths(dieHard, { random: random(), stop: anyOf(stepsTaken(60), stepsTaken(20)) });
    expect(one.steps).toBe(20);
  });

  it('also end the generators that end by themselves', async () => {
    expect(shortestPaths(dieHard, { stop: pathsMade(4, 1) }).length).toBe(4);
    expect(transitionPaths(dieHard, { over: 'edges', stop: stepsTaken(10) }).steps).toBe(10);
    expect(postmanPaths(dieHard, { stop: covered('states') }).coverage().states).toMatchObject({
      covered: 3,
    });
    expect(await codeOf(() => covered('states', 101))).toBe('INVALID_OPTION');
  });
});

describe('27,000 states', () => {
  it('are found, and paths to them cost nothing until they are read', () => {
    const paths = shortestPaths(cube(30));
    expect([paths.length, paths.graph.edges.length]).toEqual([27_000, 81_000]);
    expect(Math.max(...paths.all.slice(-10).map(({ length }) => length))).toBe(87);
  });
});
