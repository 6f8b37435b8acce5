import * as xstateNow from 'xstate';
import { assign, fromPromise, fromTransition, raise, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { ActorLogic, AnyActorLogic, AnyActorRef, EventObject, Snapshot } from 'xstate';
import { describe, expect, it, vi } from 'vitest';
import { ask } from '../../src/actor/words.ts';
import { asking } from '../../src/actor/said.ts';
import { diff } from '../../src/durable/patch.ts';
import { decodeRecord, encodeRecord } from '../../src/durable/record.ts';
import { TroupeError } from '../../src/errors.ts';
import { freeze, type FreezeOptions, type Frozen } from '../../src/kernel/freeze.ts';
import { stateKey } from '../../src/kernel/key.ts';
import type { ActorState, Timer } from '../../src/kernel/state.ts';
import { fire, settle, start, step } from '../../src/kernel/step.ts';
import { thaw } from '../../src/kernel/thaw.ts';
import { worksOf } from '../support/works.ts';

const work = fromPromise(async () => 1);
const counting = fromTransition((count: number) => count + 1, 0);

interface Heard {
  readonly heard: number;
}

const base = setup({ actors: { work, counting, ask } });
const begin = (logic: unknown, input?: unknown): ActorState => start(logic as AnyActorLogic, input)[0];
const told = (state: ActorState, ...types: string[]): ActorState =>
  types.reduce((at, type) => step(at, { type })[0], state);

function kept(state: ActorState, dueOf: (timer: Timer) => number = () => 0): Frozen {
  const { frozen, special } = freeze(state, dueOf);
  return decodeRecord(encodeRecord(frozen, special)) as Frozen;
}
const again = (state: ActorState): ActorState => thaw(state.logic, kept(state)).state;

function refusal(act: () => unknown): { code: string; message: string; data: unknown } {
  try {
    act();
  } catch (error) {
    if (error instanceof TroupeError) return { code: error.code, message: error.message, data: error.data };
    throw error;
  }
  return expect.fail('was not refused');
}
const refused = (state: ActorState, options: FreezeOptions = { name: 'order/42' }) =>
  refusal(() => freeze(state, () => 0, options));

describe('what cannot be stored', () => {
  const holding = (held: unknown) => begin(base.createMachine({ id: 'm', context: { deep: [{ held }] } }));

  it.each([
    ['a function', () => 1, 'is the function (anonymous)'],
    [
      'an instance',
      new (class Order {
        id = 1;
      })() as object,
      'is an instance of Order',
    ],
    ['an error', new RangeError('x'), 'is an instance of RangeError'],
    ['a symbol', Symbol('s'), 'is Symbol(s)'],
    ['half a character', '\ud800', 'is a string with a lone surrogate'],
  ])('is named with its actor, field and value: %s', (_name, held, found) => {
    const { code, message, data } = refused(holding(typeof held === 'function' ? Object.assign(held) : held));
    expect(code).toBe('UNSERIALIZABLE');
    expect(message).toContain('The context of the actor "order/42" cannot be stored: "deep[0].held" is');
    expect(message).toContain(found.replace('(anonymous)', ''));
    expect(message).toContain('plain data');
    expect(data).toEqual({ actor: 'order/42', field: 'deep[0].held' });
  });

  it('is an actor in context, restored or not', () => {
    const chart = setup({ actors: { work } }).createMachine({
      context: ({ spawn }) => ({ kids: { first: spawn('work', { id: 'w' }) as AnyActorRef } }),
    });
    const { message } = refused(begin(chart));
    expect(message).toContain('"kids.first" is the actor "w"');
    expect(message).toContain('keep its address, or the id of the child');
    const self = setup({}).createMachine({ context: ({ self: me }) => ({ me }) });
    expect(refused(begin(self)).message).toContain('"me" is the actor ""');
  });

  it('is found in children, outputs, inputs and events of timers', () => {
    const child = setup({}).createMachine({ context: { f: () => 1 } });
    const parent = setup({ actors: { child, work } });
    const inChild = parent.createMachine({ invoke: { id: 'kid', src: 'child' } });
    expect(refused(begin(inChild)).message).toContain('The context of the actor "order/42/kid"');
    const inInput = parent.createMachine({
      invoke: { id: 'w', src: 'work', input: (() => ({ f: () => 1 })) as never },
    });
    expect(refused(begin(inInput)).message).toContain(
      'The input of the actor "order/42/w" cannot be stored: "f"',
    );
    const inOutput = setup({}).createMachine({
      type: 'final',
      output: () => ({ at: new Date(NaN) }),
    } as never);
    expect(refused(begin(inOutput)).message).toContain('an invalid Date');
    const later = setup({}).createMachine({
      entry: raise({ type: 'E', f: () => 1 }, { delay: 5, id: 't' }),
    });
    expect(refused(begin(later), {}).message).toContain(
      'The event of the timer "t" of the actor "(machine)"',
    );
  });

  it('is a child whose logic or id has no name', () => {
    const inline = setup({}).createMachine({ entry: spawnChild(work as never, { id: 'w' } as never) });
    expect(refused(begin(inline)).message).toMatch(/"order\/42\/w" cannot be stored.*setup\(\{ actors \}\)/);
    const named = base.createMachine({ entry: spawnChild('work', { id: '__proto__' }) });
    expect(refused(begin(named)).message).toContain('"__proto__"');
  });

  it('is nesting without end, within the given depth', () => {
    const nested = () => begin(base.createMachine({ context: { a: { b: { c: {} } } } }));
    expect(freeze(nested(), () => 0, { depth: 4 }).special).toBe(false);
    expect(refused(nested(), { depth: 2 }).message).toContain('too deep');
  });
});

describe('a stored actor', () => {
  const chart = base.createMachine({
    id: 'm',
    context: { at: new Date(5), seen: new Set(['a']), big: 5n },
    initial: 'on',
    states: {
      on: { after: { 1_000: 'off' }, on: { SAVE: 'off', MORE: { actions: assign({ big: 6n }) } } },
      off: { type: 'final' },
    },
    output: { ok: true },
  });

  it('keeps special values, status and output', () => {
    const state = told(begin(chart), 'SAVE');
    expect(freeze(state, () => 0).special).toBe(true);
    expect(kept(state)).toMatchObject({ status: 'done', value: 'off', output: { ok: true } });
    expect(again(state).snapshot).toMatchObject({
      status: 'done',
      context: state.snapshot.context,
      output: { ok: true },
    });
  });

  it('keeps when its timers run out', () => {
    const state = begin(chart);
    const { state: restored, due } = thaw(
      state.logic,
      kept(state, ({ delay }) => 7_000 + delay),
    );
    expect([...due]).toEqual([[restored.timers[0], 8_000]]);
    expect(fire(restored, [], 'xstate.after.1000.m.on')[0].snapshot.value).toBe('off');
  });

  it('keeps the code, message and data of its error', () => {
    const failing = setup({}).createMachine({
      on: {
        FAIL: {
          actions: assign(() => {
            throw new TroupeError('NO_MONEY', 'Not enough \ud800.', {
              retryable: true,
              data: { missing: 5n },
            });
          }),
        },
      },
    });
    const { error } = again(told(begin(failing), 'FAIL')).snapshot;
    expect(error).toBeInstanceOf(TroupeError);
    expect(error).toMatchObject({
      code: 'NO_MONEY',
      message: 'Not enough \ufffd.',
      retryable: true,
      data: { missing: 5n },
    });
    const noContext = setup({}).createMachine({
      context: () => {
        throw new Error('no context');
      },
    });
    expect(again(begin(noContext)).snapshot).toMatchObject({
      status: 'error',
      error: { message: 'no context' },
    });
  });

  it('shares what did not change', () => {
    const parent = setup({ actors: { chart, counting } }).createMachine({
      context: { n: 0, list: [{ a: 1 }] },
      invoke: { id: 'kid', src: 'chart' },
      entry: spawnChild('counting', { id: 'sum' }),
      on: { UP: { actions: assign({ n: 1 }) } },
    });
    const before = begin(parent);
    const first = freeze(before, () => 1).frozen;
    const second = freeze(told(before, 'UP'), () => expect.fail('asked again')).frozen;
    expect(second.children).toBe(first.children);
    const third = freeze(step(before, { type: 'MORE' }, ['kid'])[0], () => 1).frozen;
    expect(third.children['sum']).toBe(first.children['sum']);
    expect(third.children['kid']?.timers[0]).toBe(first.children['kid']?.timers[0]);
    expect(diff(first, second)).toEqual([2, 6, [2, [0, 1]]]);
    expect(freeze(before, () => 1).frozen).toBe(first);
  });
});

describe('a restored actor', () => {
  it('has its work, and what it was asked to do', () => {
    const chart = base.createMachine({
      context: { found: null },
      invoke: [
        { id: 'a', src: 'work', input: { n: 1 } as never },
        { id: 'b', src: 'ask', input: { to: 'x', event: { type: 'E' } } },
        { src: fromPromise(async ({ input }: { input: unknown }) => input), input: 3 },
      ],
      on: {
        'xstate.done.actor.a': {
          actions: assign({ found: ({ event }: { event: { readonly output?: unknown } }) => event.output }),
        },
      },
    });
    const state = again(settle(begin(chart), ['b'], { output: 'answer' })[0]);
    expect(worksOf(state).map(({ path, src, input }) => ({ path, src, input }))).toEqual([
      { path: ['a'], src: 'work', input: { n: 1 } },
      { path: ['2.(machine)'], src: 'xstate.invoke.2.(machine)', input: 3 },
    ]);
    expect(worksOf(again(begin(chart))).map(({ logic }) => asking in logic)).toEqual([false, true, false]);
    expect(settle(state, ['a'], { output: 9 })[0].snapshot.context).toEqual({ found: 9 });
  });

  it('knows its children by the names it gave them, and in their order', () => {
    const chart = base.createMachine({
      entry: [
        spawnChild('counting', { id: 'z' }),
        spawnChild('work'),
        spawnChild('work'),
        spawnChild('counting', { id: 'a' }),
      ],
      on: {
        POKE: { actions: sendTo('undefined', { type: 'E' }) },
        END: { actions: [stopChild('z'), stopChild('undefined'), stopChild('a')] },
      },
    });
    const state = begin(chart);
    const restored = again(state);
    expect(stateKey(restored)).toBe(stateKey(state));
    expect(Object.keys(restored.snapshot.children ?? {})).toEqual(['z', 'undefined', 'a']);
    for (const type of ['POKE', 'END']) expect(step(restored, { type })[1]).toEqual(step(state, { type })[1]);
    expect(step(restored, { type: 'END' })[1].map(({ deed }) => 'id' in deed && deed.id)).toEqual([
      'z',
      'x:1',
      'a',
    ]);
  });

  it('reads its children, and hears of those it follows', () => {
    const sumOf = (self: AnyActorRef): unknown => {
      const { children } = self.getSnapshot() as { children: Record<string, AnyActorRef> };
      return (children['sum']?.getSnapshot() as { context?: unknown }).context;
    };
    const chart = base.createMachine({
      context: { heard: 0, read: null },
      invoke: {
        id: 'sum',
        src: 'counting',
        onSnapshot: {
          actions: assign(({ context }: { context: Heard }) => ({ heard: context.heard + 1 })) as never,
        },
      },
      on: {
        UP: { actions: sendTo('sum', { type: 'E' }) },
        READ: { actions: assign(({ self }) => ({ read: sumOf(self as unknown as AnyActorRef) })) },
      },
    });
    const state = told(again(told(begin(chart), 'UP')), 'UP', 'READ');
    expect(state.snapshot.context).toEqual({ heard: 3, read: 2 });
    expect(told(again(state), 'UP', 'READ').snapshot.context).toEqual({ heard: 4, read: 3 });
  });

  it('gives a system id back in a process that has never seen one', async () => {
    type Words = Pick<typeof xstateNow, 'setup' | 'fromTransition' | 'spawnChild' | 'stopChild'>;
    const make = (words: Words) =>
      words.setup({ actors: { counting: words.fromTransition((n: number) => n + 1, 0) } }).createMachine({
        entry: words.spawnChild('counting', { id: 'a', systemId: 'named' }),
        on: {
          SWAP: {
            actions: [words.stopChild('a'), words.spawnChild('counting', { id: 'b', systemId: 'named' })],
          },
        },
      });
    const frozen = kept(begin(make(xstateNow)));
    vi.resetModules();
    const [xstate, fresh, kernel] = await Promise.all([
      import('xstate'),
      import('../../src/kernel/thaw.ts'),
      import('../../src/kernel/step.ts'),
    ]);
    const { state } = fresh.thaw(make(xstate), frozen);
    const [after] = kernel.step(state, { type: 'SWAP' });
    expect(after.snapshot.status).toBe('active');
    expect(Object.keys(after.children)).toEqual(['b']);
  });

  it('loses no timer to a child that took the place of another', () => {
    const chart = base.createMachine({
      entry: spawnChild('counting', { id: 'a' }),
      on: {
        LATER: { actions: sendTo('a', { type: 'E' }, { delay: 5, id: 't' }) },
        SWAP: { actions: [stopChild('a'), spawnChild('counting', { id: 'a' })] },
      },
    });
    const count = (state: ActorState) => fire(state, [], 't')[0].children['a']?.snapshot.context;
    expect(count(again(told(begin(chart), 'LATER')))).toBe(1);
    expect(count(again(told(begin(chart), 'LATER', 'SWAP')))).toBe(0);
  });

  it('asks logic of another make what to keep', () => {
    type Counter = Snapshot<unknown> & { readonly counter: { n: number } };
    class Box {
      n = 0;
    }
    const custom: ActorLogic<Counter, EventObject> = {
      getInitialSnapshot: () => ({
        status: 'active',
        output: undefined,
        error: undefined,
        counter: new Box(),
      }),
      transition: (snapshot, event) =>
        event.type === 'UP'
          ? { ...snapshot, counter: Object.assign(new Box(), { n: snapshot.counter.n + 1 }) }
          : snapshot,
      getPersistedSnapshot: (snapshot) => ({ ...snapshot, counter: { ...snapshot.counter } }),
      restoreSnapshot: (stored) => ({
        ...(stored as Counter),
        counter: Object.assign(new Box(), (stored as Counter).counter),
      }),
    };
    const state = told(begin(custom), 'UP');
    const restored = again(state);
    expect(stateKey(restored)).toBe(stateKey(state));
    expect((told(restored, 'UP').snapshot as unknown as Counter).counter.n).toBe(2);
  });
});

describe('what a chart no longer knows', () => {
  const states = { a: {}, b: { initial: 'c', states: { c: {}, h: { type: 'history' as const } } } };
  const chart = base.createMachine({ id: 'order', initial: 'a', states });
  const parallel = base.createMachine({ id: 'both', type: 'parallel', states: { x: {}, y: {} } });
  const stored = (value: unknown, more: Partial<Frozen> = {}): Frozen => ({
    ...kept(begin(chart)),
    value,
    ...more,
  });
  const refusedBy = (logic: unknown, frozen: Frozen) => refusal(() => thaw(logic as AnyActorLogic, frozen));

  it.each([
    ['a state', chart, stored('gone'), '"order" has no state "order.gone"'],
    ['a state below', chart, stored({ b: 'gone' }), '"order" has no state "order.b.gone"'],
    [
      'a state that has states now',
      chart,
      stored('b'),
      'The state "order.b" of the machine "order" has changed',
    ],
    ['a state that has none any more', chart, stored({ a: 'c' }), '"order" has no state "order.a.c"'],
    ['a history state', chart, stored({ b: 'h' }), '"order" has no state "order.b.h"'],
    ['a region', parallel, stored({ x: {} }), 'all its regions are active, also y'],
    ['no value', chart, stored(null), 'one of its states is active'],
    [
      'a remembered state',
      chart,
      stored('a', { history: { 'order.b.h': ['order.b.gone'] } }),
      '"order.b.gone"',
    ],
    ['a chart that is none any more', counting, stored('a'), 'is now none'],
    ['logic that is a chart now', chart, kept(begin(counting)), 'is now one'],
  ])('is refused: %s', (_name, logic, frozen, message) => {
    const { code, message: said } = refusedBy(logic, frozen);
    expect(code).toBe('UNKNOWN_STATE');
    expect(said).toContain(message);
  });

  it.each(['gone', 'toString', 'xstate.invoke.0.order', 'xstate.invoke.0.nowhere'])(
    'is refused: child %s',
    (src) => {
      const child = { ...kept(begin(counting)), src };
      const { code, message } = refusedBy(chart, stored('a', { children: { kid: child } }));
      expect(code).toBe('NOT_PROVIDED');
      expect(message).toContain(`The stored child "kid" runs "${src}", and the machine "order" has no actor`);
    },
  );
});
