import { assign, createMachine, emit, fromPromise, setup, type AnyStateMachine } from 'xstate';
import {
  actorSut,
  classSut,
  shortestPaths,
  testModel,
  transitionPaths,
  type CoveringOptions,
} from 'troupe/testing';
import { reply, tell } from 'troupe';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../support/code-of.ts';
import { typed } from '../../machines/vocabulary.ts';

const worker = setup({
  types: typed<{ context: { laps: number }; events: { type: 'LAP' } }>(),
}).createMachine({
  id: 'worker',
  context: { laps: 0 },
  initial: 'warm',
  states: { warm: { after: { 20: 'hot' } }, hot: { type: 'final' } },
});

const hasty = createMachine({ initial: 'x', states: { x: { type: 'final' } } });

/** Everything at once: work, a child chart with a timer, history, a delayed raise, words, emits. */
const order = setup({
  types: typed<{
    context: { attempts: number };
    events:
      { type: 'PAY'; amount: number } | { type: 'CANCEL' | 'NUDGE' } | { type: 'ASK'; replyTo?: string };
    emitted: { type: 'order.paid' };
  }>(),
  actors: {
    charge: fromPromise<string, number>(async () => Promise.reject(new Error('not in a test'))),
    worker,
  },
  actions: { toStore: tell('store', { type: 'PACK' }) },
  guards: { isEnough: ({ event }) => event.type === 'PAY' && event.amount >= 10 },
}).createMachine({
  id: 'order',
  context: { attempts: 0 },
  initial: 'open',
  on: { ASK: { actions: reply({ type: 'ANSWER' }) } },
  states: {
    open: {
      on: { PAY: { guard: 'isEnough', target: 'charging' }, CANCEL: 'cancelled' },
      after: { 500: 'cancelled' },
    },
    charging: {
      entry: assign({ attempts: ({ context }) => context.attempts + 1 }),
      invoke: {
        src: 'charge',
        id: 'charge',
        input: 7,
        onDone: {
          target: 'packing',
          actions: [emit({ type: 'order.paid' }), 'toStore'],
        },
        onError: [{ guard: ({ context }) => context.attempts < 2, target: 'open' }, { target: 'cancelled' }],
      },
    },
    packing: { invoke: { src: 'worker', id: 'packer', onDone: 'shipped' } },
    shipped: { type: 'final' },
    cancelled: { type: 'final' },
  },
});

const options: CoveringOptions = {
  cases: { PAY: [{ amount: 10 }, { amount: 5 }], ASK: [{ replyTo: 'asker' }] },
  outcomes: { charge: [{ output: 'receipt' }, { error: new Error('no cover') }] },
};

describe('a live actor', () => {
  it('takes every path, in two lines', async () => {
    const report = await testModel(order, actorSut(order), options);
    expect(report.coverage.transitions).toMatchObject({ covered: 9, total: 9 });
    expect(report.coverage.guards).toMatchObject({ covered: 4, total: 4 });
    expect(report.coverage.states).toMatchObject({ covered: 6, total: 6 });
    expect(report.incomplete).toBeUndefined();
    expect(report.ignored).toBeGreaterThan(10);
  });

  it('takes every path, a test each', async () => {
    const paths = transitionPaths(order, { ...options, over: 'edges' });
    const sut = actorSut(order);
    let ignored = 0;
    for (const path of paths) ignored += await path.test(sut);
    const together = await testModel(order, actorSut(order), { ...options, over: 'edges' });
    expect(ignored).toBe(together.ignored);
    expect(paths.length).toBe(7);
  });

  it.each<[string, AnyStateMachine, RegExp]>([
    [
      'guard',
      order.provide({ guards: { isEnough: () => true } }),
      /PAY \{"amount":5\}, which had to change nothing/,
    ],
    [
      'child',
      order.provide({ actors: { worker: hasty as never } }),
      /value: expected "packing", found "shipped"/,
    ],
  ])('with another %s leaves the path, and the place is shown', async (_what, wrong, where) => {
    await expect(testModel(order, actorSut(wrong), options)).rejects.toThrow(where);
    expect(await codeOf(testModel(order, actorSut(wrong), options))).toBe('MODEL_MISMATCH');
  });

  it('that says, emits or waits for something else leaves the path too', async () => {
    const variant = (change: (states: Record<string, never>) => object): AnyStateMachine => {
      const { config, implementations } = order;
      const states = { ...config.states, ...change(config.states as never) };
      return createMachine({ ...config, states } as never, implementations as never);
    };
    const silent = variant(() => ({
      charging: {
        entry: assign({ attempts: ({ context }: { context: { attempts: number } }) => context.attempts + 1 }),
        invoke: {
          src: 'charge',
          id: 'charge',
          onDone: 'packing',
          onError: [
            {
              guard: ({ context }: { context: { attempts: number } }) => context.attempts < 2,
              target: 'open',
            },
            { target: 'cancelled' },
          ],
        },
      },
    }));
    await expect(testModel(order, actorSut(silent), options)).rejects.toThrow(
      /said: expected \[\{"to":"store","event":\{"type":"PACK"\}\}\], found \[\]\n\s+emitted: expected \[\{"type":"order.paid"\}\], found \[\]/,
    );
    const slow = variant(() => ({
      open: {
        on: { PAY: { guard: 'isEnough', target: 'charging' }, CANCEL: 'cancelled' },
        after: { 700: 'cancelled' },
      },
    }));
    await expect(testModel(order, actorSut(slow), options)).rejects.toThrow(/before the first step/);
  });

  it('never does the work itself, written in the config or in a chart it invokes', async () => {
    const work = fromPromise<string>(() => {
      throw new Error('this must not run');
    });
    const inner = createMachine({
      id: 'inner',
      initial: 'asking',
      states: {
        asking: { invoke: { src: work, id: 'ask', onDone: 'told', onError: 'told' } },
        told: { type: 'final' },
      },
    });
    const outer = createMachine({
      id: 'outer',
      initial: 'first',
      states: {
        first: { invoke: [{ src: work, id: 'one', onDone: 'second' }] },
        second: { invoke: { src: inner, id: 'two', onDone: 'third' } },
        third: { type: 'final' },
      },
    });
    const report = await testModel(shortestPaths(outer).distinct(), actorSut(outer));
    expect([report.paths, report.steps]).toEqual([1, 2]);
    expect(transitionPaths(outer, { over: 'edges' }).all.map(({ name }) => name)).toEqual([
      'first · one is done → second · two/ask is done → third',
      'first · one is done → second · two/ask fails with the work failed → third',
    ]);
  });

  it('is compared in its errors as well', async () => {
    const fragile = setup({
      types: typed<{ context: object; events: { type: 'GO'; n: number } }>(),
      guards: {
        isSmall: ({ event }) => {
          if (event.n > 1) throw new RangeError('too much');
          return true;
        },
      },
    }).createMachine({
      initial: 'a',
      states: { a: { on: { GO: { guard: 'isSmall', target: 'b' } } }, b: {} },
    });
    const cases = { GO: [{ n: 1 }, { n: 2 }] };
    const report = await testModel(shortestPaths(fragile, { cases }), actorSut(fragile));
    expect(report.paths).toBe(3);
  });
});

class Turnstile {
  locked = true;
  coins = 0;
  insert(): void {
    this.locked = false;
    this.coins += 1;
  }
  push(): void {
    if (this.locked) throw new Error('locked');
    this.locked = true;
  }
}

const turnstile = setup({
  types: typed<{ context: { coins: number }; events: { type: 'COIN' | 'PUSH' } }>(),
}).createMachine({
  id: 'turnstile',
  context: { coins: 0 },
  initial: 'locked',
  states: {
    locked: {
      on: { COIN: { target: 'open', actions: assign({ coins: ({ context }) => context.coins + 1 }) } },
    },
    open: {
      on: { PUSH: 'locked', COIN: { actions: assign({ coins: ({ context }) => context.coins + 1 }) } },
    },
  },
});

const few: CoveringOptions = { filter: ({ context }) => (context as { coins: number }).coins < 3 };

const gate = (make: () => Turnstile) =>
  classSut<Turnstile>({
    create: make,
    events: { COIN: (it) => it.insert(), PUSH: (it) => it.push() },
    state: ({ locked, coins }) => ({ value: locked ? 'locked' : 'open', context: { coins } }),
  });

describe('a plain class', () => {
  it('takes every path; its refusals count as ignoring', async () => {
    const report = await testModel(
      turnstile,
      gate(() => new Turnstile()),
      { ...few, over: 'edges' },
    );
    expect(report.coverage.transitions).toMatchObject({ covered: 3, total: 3 });
    expect(report.ignored).toBeGreaterThan(0);
  });

  it('with a mistake is caught, and the report can be read', async () => {
    class Sticky extends Turnstile {
      override push(): void {
        if (this.coins < 2) super.push();
      }
    }
    const error = await testModel(
      turnstile,
      gate(() => new Sticky()),
      { ...few, over: 'edges' },
    ).catch((reason: unknown) => reason as Error);
    expect((error as Error).message).toBe(
      [
        '1 of 2 paths failed.',
        '',
        'Path 1 of 2. The system under test leaves the path at step 4 of 5.',
        '',
        '    0  locked',
        '    1  COIN → open',
        '    2  PUSH → locked',
        '    3  COIN → open',
        '✗   4  PUSH → locked',
        '       value: expected "locked", found "open"',
        '       (1 more)',
      ].join('\n'),
    );
  });

  it('that gives way to what it should ignore is caught', async () => {
    class Loose extends Turnstile {
      override push(): void {
        this.locked = false;
      }
    }
    await expect(
      testModel(
        turnstile,
        gate(() => new Loose()),
        few,
      ),
    ).rejects.toThrow(/before the first step over PUSH, which had to change nothing/);
    await testModel(
      turnstile,
      gate(() => new Turnstile()),
      { ...few, negative: false },
    );
  });

  it('without a call for an event, or a way to let time pass, says so', async () => {
    const mute = classSut({ create: () => ({}), events: {} });
    await expect(testModel(turnstile, mute, few)).rejects.toThrow(/no call for "COIN"/);
    const timed = createMachine({ id: 't', initial: 'a', states: { a: { after: { 5: 'b' } }, b: {} } });
    await expect(testModel(timed, mute)).rejects.toThrow(/cannot let a timer run out: give it "fire"/);
  });

  it('can be checked by assertions of the user', async () => {
    const sut = classSut<Turnstile>({
      create: () => new Turnstile(),
      events: { COIN: (it) => it.insert(), PUSH: (it) => it.push() },
      check: (it, expected) => expect(it.locked).toBe(expected.matches('open')),
    });
    await expect(testModel(turnstile, sut, few)).rejects.toThrow(/expected true to be false/);
  });
});
