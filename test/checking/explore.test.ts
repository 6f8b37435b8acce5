import { assign, fromPromise, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { typed } from '../../machines/vocabulary.ts';
import { tell } from '../../src/actor/words.ts';
import {
  always,
  eventually,
  explore,
  quiescent,
  sometimes,
  type ActorSpec,
  type Exploration,
  type ExploreOptions,
  type System,
  type SystemState,
} from 'troupe/testing';
import { codeOf } from '../support/code-of.ts';

const n = (actors: SystemState['actors'], name: string): number => (actors[name]!.context as { n: number }).n;

/** Counts what it is told to, up to a limit. */
const counter = (limit: number): ActorSpec => ({
  logic: setup({
    types: typed<{ context: { n: number } }>(),
    guards: { hasRoom: ({ context }) => context.n < limit },
  }).createMachine({
    id: 'counter',
    context: { n: 0 },
    on: { ADD: { guard: 'hasRoom', actions: assign({ n: ({ context }) => context.n + 1 }) } },
  }),
  choices: [{ type: 'ADD' }],
});

const system = (actors: System['actors'], more: Partial<System> = {}): System => ({
  name: 'test',
  actors,
  properties: [],
  ...more,
});

const verdict = ({ properties }: Exploration, name: string) => {
  const { holds, steps } = properties.find((property) => property.name === name)!;
  return [holds, steps];
};

describe('explore', () => {
  it('counts the states of two counters as a grid, and its diagonals as the depth', () => {
    const found = explore(system({ a: counter(3), b: counter(4) }));
    expect(found).toMatchObject({ model: 'test', distinctStates: 20, depth: 8, complete: true });
    // One for the initial state, 3 * 5 steps of a and 4 * 4 steps of b.
    expect(found.generatedStates).toBe(32);
    expect(found.stoppedBy).toBeUndefined();
  });

  it('gives each property the shortest run that decides it', () => {
    const properties = [
      always('a below 2', ({ actors }) => n(actors, 'a') < 2),
      sometimes('both 2', ({ actors }) => n(actors, 'a') === 2 && n(actors, 'b') === 2),
      sometimes('b is 9', ({ actors }) => n(actors, 'b') === 9),
      quiescent('ends full', ({ actors }) => n(actors, 'a') + n(actors, 'b') === 7),
      quiescent('ends empty', ({ actors }) => n(actors, 'a') === 0),
      eventually('a is 3', ({ actors }) => n(actors, 'a') === 3),
      eventually('a stays 0', ({ actors }) => n(actors, 'a') === 9),
    ];
    const found = explore(system({ a: counter(3), b: counter(4) }, { properties }));
    expect(found.properties.map(({ name, holds, steps }) => [name, holds, steps])).toEqual([
      ['no actor fails', true, null],
      ['every actor is deterministic', true, null],
      ['a below 2', false, 2],
      ['both 2', true, 4],
      ['b is 9', false, null],
      ['ends full', true, null],
      ['ends empty', false, 7],
      ['a is 3', true, null],
      ['a stays 0', false, 7],
    ]);
    const { trace } = found.properties[2]!;
    expect(trace!.steps.map(({ action }) => action)).toEqual([
      { kind: 'choose', actor: 'a', event: { type: 'ADD' } },
      { kind: 'choose', actor: 'a', event: { type: 'ADD' } },
    ]);
    expect(trace!.steps.map(({ state }) => n(state.actors, 'a'))).toEqual([1, 2]);
  });

  it('finds the path that ends without an eventually, though another path to the same end has it', () => {
    // From 0 to 2 by way of 1, or at once: only the second never sees 1.
    const logic = setup({}).createMachine({
      initial: 'zero',
      states: {
        zero: { on: { STEP: 'one', JUMP: 'two' } },
        one: { on: { STEP: 'two' } },
        two: {},
      },
    });
    const visits = eventually('visits one', ({ actors }) => actors['a']!.value === 'one');
    const choices = [{ type: 'STEP' }, { type: 'JUMP' }];
    const both = explore(system({ a: { logic, choices } }, { properties: [visits] }));
    expect(verdict(both, 'visits one')).toEqual([false, 1]);
    const walking = explore(system({ a: { logic, choices: [{ type: 'STEP' }] } }, { properties: [visits] }));
    expect(verdict(walking, 'visits one')).toEqual([true, null]);
  });

  it('reports a guard that throws as a run, not as an error', () => {
    const logic = setup({
      types: typed<{ context: { n: number } }>(),
      guards: {
        breaks: ({ context }) => {
          if (context.n === 2) throw new Error('Two is too many.');
          return true;
        },
      },
    }).createMachine({
      context: { n: 0 },
      on: { ADD: { guard: 'breaks', actions: assign({ n: ({ context }) => context.n + 1 }) } },
    });
    const found = explore(system({ a: { logic, choices: [{ type: 'ADD' }] } }));
    expect(verdict(found, 'no actor fails')).toEqual([false, 3]);
    expect(found.distinctStates).toBe(4);
  });

  it('reports a chart that cannot start', () => {
    const logic = setup({}).createMachine({
      context: () => {
        throw new Error('No context.');
      },
    });
    expect(verdict(explore(system({ a: { logic } })), 'no actor fails')).toEqual([false, 0]);
  });

  it('reports a chart that decides differently the second time', () => {
    let calls = 0;
    const logic = setup({ types: typed<{ context: { n: number } }>() }).createMachine({
      context: { n: 0 },
      initial: 'on',
      states: { on: { on: { ADD: { target: 'off', actions: assign({ n: () => (calls += 1) }) } } }, off: {} },
    });
    const found = explore(system({ a: { logic, choices: [{ type: 'ADD' }] } }));
    expect(verdict(found, 'every actor is deterministic')).toEqual([false, 1]);
  });

  it('asks a transition again that is first taken late', () => {
    let calls = 0;
    const logic = setup({
      types: typed<{ context: { n: number } }>(),
      guards: { isLast: ({ context }) => context.n === 1_000 },
      actions: {
        count: assign({ n: ({ context }) => context.n + 1 }),
        draw: assign({ n: () => (calls -= 1) }),
      },
    }).createMachine({
      context: { n: 0 },
      initial: 'on',
      states: {
        on: { on: { ADD: [{ guard: 'isLast', target: 'off', actions: 'draw' }, { actions: 'count' }] } },
        off: {},
      },
    });
    const found = explore(system({ a: { logic, choices: [{ type: 'ADD' }] } }));
    expect(verdict(found, 'every actor is deterministic')).toEqual([false, 1_001]);
    expect(calls).toBe(-2);
  });

  it('asks most transitions only once when they were taken often', () => {
    let calls = 0;
    const logic = setup({
      types: typed<{ context: { n: number } }>(),
      actions: {
        count: assign(({ context }) => {
          calls += 1;
          return { n: context.n + 1 };
        }),
      },
    }).createMachine({
      context: { n: 0 },
      on: { ADD: { guard: ({ context }) => context.n < 1_608, actions: 'count' } },
    });
    expect(explore(system({ a: { logic, choices: [{ type: 'ADD' }] } })).distinctStates).toBe(1_609);
    // The first 8 reactions (the actor's start is one of its own), and of the 1,600 others one in 16.
    expect(calls).toBe(1_608 + 8 + 100);
  });

  it('stops at the first failure when it is to', () => {
    const properties = [always('a below 2', ({ actors }) => n(actors, 'a') < 2)];
    const found = explore(system({ a: counter(3), b: counter(4) }, { properties }), { failFast: true });
    expect(found).toMatchObject({ complete: false, stoppedBy: 'failure' });
    expect(found.distinctStates).toBeLessThan(20);
    expect(verdict(found, 'a below 2')).toEqual([false, 2]);
    expect(verdict(found, 'no actor fails')).toEqual([null, null]);
  });
});

describe('the bounds of explore', () => {
  const endless = system(
    { a: counter(Infinity), b: counter(2) },
    {
      properties: [
        always('below 1000000', ({ actors }) => n(actors, 'a') < 1_000_000),
        sometimes('at 3', ({ actors }) => n(actors, 'a') === 3),
        sometimes('negative', ({ actors }) => n(actors, 'a') < 0),
      ],
    },
  );

  it('stops at a count of states, keeps what is certain and says what grows', () => {
    const found = explore(endless, { maxStates: 500 });
    expect(found).toMatchObject({ distinctStates: 500, complete: false, stoppedBy: 'states' });
    expect(verdict(found, 'below 1000000')).toEqual([null, null]);
    expect(verdict(found, 'at 3')).toEqual([true, 3]);
    expect(verdict(found, 'negative')).toEqual([null, null]);
    expect(found.explanation!.growing).toEqual(['a.context.n']);
    const [first] = found.explanation!.actors;
    expect(first).toMatchObject({ name: 'a', growing: true });
    expect(first!.fields.map(({ name }) => name)).toEqual(['context.n']);
  });

  it('is complete when there are exactly as many states as the bound', () => {
    expect(explore(system({ a: counter(3), b: counter(4) }), { maxStates: 20 }).complete).toBe(true);
    expect(explore(system({ a: counter(3), b: counter(4) }), { maxStates: 19 }).complete).toBe(false);
  });

  it('stops when the memory it is given is used, or the heap is nearly full', () => {
    const used = { used: () => 2 ** 31, pressure: () => 0 };
    const full = { used: () => 0, pressure: () => 0.9 };
    for (const memory of [used, full])
      expect(explore(endless, { memory })).toMatchObject({ complete: false, stoppedBy: 'memory' });
  });

  it('stops when the time is over, by the clock it is given, and tells how it is getting on', () => {
    let now = 0;
    const told: number[] = [];
    const options: ExploreOptions = {
      maxSeconds: 10,
      clock: { now: () => (now += 400) },
      onProgress: ({ distinctStates }) => told.push(distinctStates),
    };
    expect(explore(endless, options)).toMatchObject({ complete: false, stoppedBy: 'time' });
    expect(told.length).toBeGreaterThan(3);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
  });

  it('names messages that pile up', () => {
    const logic = setup({ types: typed<{ context: { n: number } }>() }).createMachine({
      context: { n: 0 },
      on: { SAY: { actions: tell('b', { type: 'NOISE' }) } },
    });
    const deaf = setup({}).createMachine({});
    const loud = system(
      { a: { logic, choices: [{ type: 'SAY' }] }, b: { logic: deaf } },
      { network: 'unordered' },
    );
    const { explanation, vacuity } = explore(loud, { maxStates: 50 });
    expect(explanation!.growing).toEqual(['network']);
    expect(explanation!.network.longest).toBeGreaterThan(40);
    expect(vacuity.unhandled).toEqual([{ to: 'b', type: 'NOISE' }]);
  });

  it('refuses a bound that is none', () => {
    expect(() => explore(endless, { maxStates: 0 })).toThrow('maxStates must be a number above 0, got 0.');
  });
});

describe('what the model gets wrong itself', () => {
  const broken = (more: Partial<System>) => () => explore(system({ a: counter(3) }, more));
  const fails = (): never => {
    throw new TypeError('Oops');
  };

  it('names the property that throws, and the way to the state', async () => {
    const run = broken({
      properties: [always('broken', ({ actors }) => n(actors, 'a') < 2 || fails())],
    });
    expect(await codeOf(run)).toBe('PROPERTY_FAILED');
    expect(run).toThrow(
      'The property "broken" threw: Oops. It happened after 2 steps: 1. a chooses ADD; 2. a chooses ADD.',
    );
  });

  it('names any other function that throws', async () => {
    expect(broken({ boundary: fails })).toThrow(
      'The boundary threw: Oops. It happened in the initial state.',
    );
    expect(await codeOf(broken({ boundary: fails }))).toBe('MODEL_FAILED');
    const { logic } = counter(1);
    expect(() => explore(system({ a: { logic, choices: fails } }))).toThrow('choices of "a" threw: Oops.');
    const work = setup({ actors: { work: fromPromise(async () => 0) } }).createMachine({
      invoke: { src: 'work' },
    });
    expect(() => explore(system({ a: { logic: work, outcomes: { work: fails } } }))).toThrow(
      'outcomes of "a" threw: Oops.',
    );
  });

  it('refuses an actor without logic', () => {
    expect(() => explore(system({ a: { logic: undefined as never } }))).toThrow(
      'The actor "a" of the system "test" has no logic: undefined. Give it a machine.',
    );
  });

  it('refuses a state that contains itself', async () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const logic = setup({}).createMachine({ context: { circle } });
    expect(await codeOf(() => explore(system({ a: { logic } })))).toBe('UNSERIALIZABLE');
  });
});

describe('vacuity', () => {
  it('names what never happened', () => {
    const logic = setup({}).createMachine({
      id: 'door',
      initial: 'shut',
      states: { shut: { on: { OPEN: 'open', LOCK: 'locked' } }, open: {}, locked: {} },
    });
    const { vacuity } = explore(
      system(
        { a: { logic, choices: [{ type: 'OPEN' }] } },
        { faults: { lose: 1, crash: 1, restart: 0 }, properties: [sometimes('never', () => false)] },
      ),
    );
    expect(vacuity).toEqual({
      unreached: ['never'],
      untaken: [{ chart: 'door', source: 'door.shut', event: 'LOCK', index: 0, targets: ['door.locked'] }],
      unused: ['lose'],
      unhandled: [],
    });
  });
});
