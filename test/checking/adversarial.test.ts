import { ask, reply, tell } from 'troupe';
import {
  always,
  defineSystem,
  eventually,
  explore,
  sometimes,
  type ActorSpec,
  type ExploreOptions,
  type Property,
  type System,
} from 'troupe/testing';
import { assign, raise, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { typed } from '../../machines/vocabulary.ts';
import { codeOf } from '../support/code-of.ts';

/** What someone who wants to be misled would write: each of these once was judged wrongly. */
const system = (actors: Readonly<Record<string, ActorSpec>>, more: Partial<System> = {}): System =>
  defineSystem({ name: 'test', actors, properties: [], ...more });

const verdicts = (of: System, options: ExploreOptions = {}) =>
  Object.fromEntries(explore(of, options).properties.map(({ name, holds }) => [name, holds]));

const go = [{ type: 'GO' }];

describe('partial order reduction', () => {
  it('keeps what an actor may be told before an answer that is waiting for it in a queue of its own', () => {
    const asker = setup({ actors: { ask } }).createMachine({
      initial: 'asking',
      states: {
        asking: {
          invoke: { src: 'ask', input: { to: 'clerk', event: { type: 'ASK' } }, onDone: 'answered' },
          on: { HURRY: 'hurried' },
        },
        answered: {},
        hurried: {},
      },
    });
    const clerk = setup({ types: typed<{ events: { type: 'ASK' | 'GO' } }>() }).createMachine({
      initial: 'idle',
      states: {
        idle: { on: { ASK: { target: 'asked', actions: reply({ type: 'ANSWER' } as never) } } },
        asked: { on: { GO: { target: 'over', actions: tell('asker', { type: 'HURRY' }) } } },
        over: {},
      },
    });
    const ends = (value: string): Property => ({
      ...sometimes(value, ({ actors }) => actors['asker']!.value === value),
      final: true,
    });
    const office = system(
      { asker: { logic: asker }, clerk: { logic: clerk, choices: go } },
      { properties: [ends('answered'), ends('hurried')] },
    );
    expect(verdicts(office)).toMatchObject({ answered: true, hurried: true });
    expect(verdicts(office, { partialOrder: true })).toMatchObject({ answered: true, hurried: true });
  });
});

describe('symmetry', () => {
  const peer = setup({
    types: typed<{ context: { me: string }; input: string; events: { type: 'GO' | 'LATE' } }>(),
  }).createMachine({
    context: ({ input }) => ({ me: input }),
    initial: 'idle',
    states: {
      idle: {
        on: {
          GO: { target: 'waits', actions: tell('hub', ({ context }) => ({ type: 'HI', by: context.me })) },
        },
      },
      waits: { on: { LATE: 'late' } },
      late: {},
    },
  });
  const names = ['p', 'q'];
  /** One timer for each peer, with its name as id. */
  const hub = setup({ types: typed<{ events: { type: 'HI' | 'TICK'; by: string } }>() }).createMachine({
    on: {
      HI: names.map((by) => ({
        guard: ({ event }) => event.by === by,
        actions: raise({ type: 'TICK', by } as const, { id: by, delay: 10 }),
      })),
      TICK: { actions: tell(({ event }) => event.by, { type: 'LATE' }) },
    },
  });
  const hall = (more: Partial<System> = {}): System =>
    system(
      {
        ...Object.fromEntries(names.map((name) => [name, { logic: peer, input: name, choices: go }])),
        hub: { logic: hub },
      },
      { symmetry: [names], ...more },
    );

  it('finds names that are the ids of timers', () => {
    // Each peer is idle, has said HI, has a timer, is told LATE, or is late: 5 states, 25 for two, of which 5 are the same for both.
    expect(explore(hall({ network: 'unordered' })).distinctStates).toBe(25);
    expect(explore(hall({ network: 'unordered' }), { symmetry: true }).distinctStates).toBe(15);
  });

  it('is refuted by a boundary that prefers one', async () => {
    const unfair = hall({ boundary: ({ actors }) => actors['p']!.value !== 'waits' });
    expect(await codeOf(() => explore(unfair, { symmetry: true }))).toBe('NOT_SYMMETRIC');
  });
});

describe('a chart that is no function of its state', () => {
  interface Chart {
    readonly context: { readonly t: unknown; readonly seen: Set<string> };
    readonly events: { type: 'GO' };
  }
  const judged = (change: (context: Chart['context']) => Partial<Chart['context']>, guard = () => true) => {
    const logic = setup({ types: typed<Chart>() }).createMachine({
      context: () => ({ t: 0, seen: new Set<string>() }),
      initial: 'on',
      states: {
        on: { on: { GO: { target: 'off', guard, actions: assign(({ context }) => change(context)) } } },
        off: {},
      },
    });
    return verdicts(system({ a: { logic, choices: go } }))['every actor is deterministic'];
  };

  it('is one that keeps to its context', () => {
    expect(judged(({ seen }) => ({ seen: new Set([...seen, 'GO']) }))).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['the time of day', () => Date.now()],
    ['a date', () => new Date()],
    ['the hour', () => new Date().getHours() + new Date().getFullYear()],
    ['dice', () => Math.random()],
  ])('reads %s', (_what, read) => {
    expect(judged(() => ({ t: read() }))).toBe(false);
  });

  it('changes its context in place, though in the same way each time', () => {
    expect(judged(({ seen }) => ({ seen: seen.add('GO') }))).toBe(false);
  });

  it('has a guard that says no at first', () => {
    let asked = 0;
    expect(
      judged(
        () => ({}),
        () => (asked += 1) > 1,
      ),
    ).toBe(false);
  });

  it('is not one that only looks whether something is a date', () => {
    const logic = setup({ types: typed<{ context: { when: unknown } }>() }).createMachine({
      context: { when: new Date(0) },
      initial: 'on',
      states: {
        on: { on: { GO: { guard: ({ context }) => context.when instanceof Date, target: 'off' } } },
        off: {},
      },
    });
    expect(verdicts(system({ a: { logic, choices: go } }))['every actor is deterministic']).toBe(true);
  });
});

const idle = { logic: setup({}).createMachine({}) };

describe('what a property answers', () => {
  const judged = (kind: Property['kind'], answer: unknown) =>
    verdicts(system({ a: idle }, { properties: [{ name: 'p', kind, holds: () => answer as boolean }] }))['p'];

  it('counts as true or false in every kind of property', () => {
    expect([judged('always', undefined), judged('sometimes', undefined)]).toEqual([false, false]);
    expect([judged('always', 'yes'), judged('sometimes', 'yes')]).toEqual([true, true]);
    expect([judged('eventually', 1), judged('eventually', 0)]).toEqual([true, false]);
  });

  it('is not a promise, which would hold whatever comes of it', async () => {
    expect(await codeOf(() => judged('always', Promise.resolve(false)))).toBe('PROPERTY_FAILED');
  });
});

describe('a system that is none', () => {
  it.each<[object, string]>([
    [{ name: 5 }, 'system.name must be a text, got 5.'],
    [{ timers: 'allways' }, 'system.timers must be "any" or "quiet" or "never", got "allways".'],
    [{ symmetry: ['a'] }, 'system.symmetry must be a list of lists of names, got a list.'],
    [{ mortal: 'a' }, 'system.mortal must be a list of texts, got "a".'],
    [{ boundary: 7 }, 'system.boundary must be a function, got 7.'],
    [{ actors: [] }, 'system.actors must be an object, got a list.'],
    [{ actors: { a: null } }, 'actors.a must be an object, got null.'],
    [
      { actors: { a: { ...idle, choices: ['GO'] } } },
      'actors.a.choices must be a list of events, or a function that returns one, got a list.',
    ],
    [{ actors: { 'a?b': idle } }, 'No actor may be called "a?b":'],
    [{ properties: [null] }, 'properties[0] must be an object, got null.'],
    [
      { properties: [{ name: 'p', kind: 'alway', holds: () => true }] },
      'properties[0].kind must be "always" or',
    ],
    [
      { properties: [{ name: 'p', kind: 'always' }] },
      'properties[0].holds must be a function, got undefined.',
    ],
    [{ faults: { crahs: 1 } }, 'There is no fault "crahs". Known faults: lose,'],
  ])('%j', (more, message) => {
    expect(() => system({ a: idle }, more as Partial<System>)).toThrow(message);
  });

  it('has a property with a name that is taken', () => {
    const mine = system({ a: idle }, { properties: [always('no actor fails', () => true)] });
    expect(() => explore(mine)).toThrow('Every system has a property "no actor fails" of its own.');
  });

  it('chooses from no list', () => {
    const choosy = system({ a: { ...idle, choices: () => 5 as never } });
    expect(() => explore(choosy)).toThrow('choices of "a" returned 5, not a list.');
  });
});

describe('a state that is changed', () => {
  const noting = setup({ types: typed<{ context: { notes: readonly number[] } }>() }).createMachine({
    context: { notes: [2, 1] },
    initial: 'on',
    states: { on: { on: { GO: 'off' } }, off: {} },
  });
  const tidied = (tidy: (notes: number[]) => unknown): System =>
    system(
      { a: { logic: noting, choices: go } },
      {
        properties: [
          always('tidy', ({ actors }) => {
            tidy((actors['a']!.context as { notes: number[] }).notes);
            return true;
          }),
        ],
      },
    );

  it('by a property is no state of the system any more', () => {
    expect(verdicts(tidied((notes) => notes.toSorted()))['tidy']).toBe(true);
    expect(() => explore(tidied((notes) => notes.sort()))).toThrow(
      /^A state of the actor "a" was changed in place\. .* It happened in the initial state\.$/,
    );
  });
});

it('a state that doubles with each step is stopped before it fills a heap of any size', () => {
  const logic = setup({ types: typed<{ context: { list: readonly number[] } }>() }).createMachine({
    context: { list: [1] },
    on: { GO: { actions: assign({ list: ({ context }) => [...context.list, ...context.list] }) } },
  });
  const roomy = { used: () => 0, pressure: () => 0 };
  const found = explore(system({ a: { logic, choices: go } }), { memory: roomy });
  expect(found).toMatchObject({ stoppedBy: 'memory', complete: false });
  expect(found.explanation!.growing).toEqual(['a.context.list']);
});

it('an eventually on a run that ends is judged like any other', () => {
  expect(verdicts(system({ a: idle }, { properties: [eventually('never', () => false)] }))['never']).toBe(
    false,
  );
});
