import { expect, it } from 'vitest';
import { assign, emit, fromPromise, setup } from 'xstate';
import { reply, tell, type ReplyTo } from '../../../src/index.ts';
import { counter } from '../../support/actors.ts';
import { codeOf } from '../../support/code-of.ts';
import { collect } from '../../support/collect.ts';
import { deferred } from '../../support/deferred.ts';
import { notebook } from './charts.ts';
import { storedOf } from './stored.ts';
import type { World } from './world.ts';

type Sale = { type: 'SELL'; n: number } | { type: 'ASK'; replyTo?: ReplyTo<{ type: 'SOLD'; n: number }> };

const shopWith = (note: (line: string) => void) =>
  setup({
    types: {
      context: {} as { sold: number },
      events: {} as Sale,
      emitted: {} as { type: 'shop.sold'; n: number },
    },
    actions: {
      note: ({ context, event }, params: { as: string }) =>
        note(`${params.as} ${event.type} ${event.type === 'SELL' ? event.n : 0} ${context.sold}`),
    },
  }).createMachine({
    id: 'shop',
    context: { sold: 0 },
    on: {
      SELL: {
        actions: [
          assign({ sold: ({ context, event }) => context.sold + event.n }),
          { type: 'note', params: { as: 'sale' } },
          emit(({ event }) => ({ type: 'shop.sold', n: event.n })),
          tell('ledger', ({ event }) => ({ type: 'NOTE', by: 'shop', n: event.n })),
        ],
      },
      ASK: { actions: reply(({ context }) => ({ type: 'SOLD' as const, n: context.sold })) },
    },
  });

const HOUR = 3_600_000;

interface Run {
  readonly fails: boolean;
  readonly delay: number;
}

const runnerWith = (note: (line: string) => void) =>
  setup({
    types: { context: {} as Run, input: {} as Run },
    actors: {
      work: fromPromise<string, Run>(async ({ input }) =>
        input.fails ? Promise.reject(new Error('no luck')) : Promise.resolve('fine'),
      ),
    },
    actions: {
      note: ({ event }) => {
        const { output, error } = event as { output?: unknown; error?: Error };
        note(`${(event as { type: string }).type} ${JSON.stringify({ output, error: error?.message })}`);
      },
    },
    delays: { soon: ({ context }) => context.delay },
  }).createMachine({
    id: 'runner',
    context: ({ input }) => input,
    initial: 'on',
    states: {
      on: {
        invoke: {
          id: 'work',
          src: 'work',
          input: ({ context }) => context,
          onDone: { target: 'over', actions: 'note' },
          onError: { target: 'over', actions: 'note' },
        },
      },
      over: { after: { soon: { target: 'rest', actions: 'note' } } },
      rest: {},
    },
  });

/** What a durable actor does, it does when that is stored: and then surely, and its durable receivers take it once (D2). */
export function effectBehaviour(world: World): void {
  it('nothing is done, shown or confirmed before it is stored', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    const noted = collect<string>();
    const sold = collect<number>();
    system.subscribe<{ type: string; n: number }>('shop.sold', ({ n }) => sold.add(n));
    const books = await system.spawn(notebook, { id: 'ledger' });
    const ref = await system.spawn(
      shopWith((line) => noted.add(line)),
      { id: 'shop', durable: true },
    );
    const gate = deferred<undefined>();
    tap.gate = gate.promise;
    const shown = collect<number>();
    ref.subscribe(({ context }) => shown.add(context.sold));
    await shown.atLeast(1);
    const delivered = ref.deliver({ type: 'SELL', n: 3 });
    expect(await codeOf(ref.deliver({ type: 'SELL', n: 4 }, { timeout: 100 }))).toBe('TIMEOUT');
    expect((await ref.snapshot()).context.sold).toBe(0);
    expect((await books.snapshot()).context.notes).toEqual({});
    expect([noted.items, sold.items, shown.items]).toEqual([[], [], [0]]);
    gate.resolve(undefined);
    await delivered;
    expect(await noted.atLeast(1)).toEqual(['sale SELL 3 3']);
    expect(await sold.atLeast(1)).toEqual([3]);
    expect((await books.waitFor(({ context }) => context.notes['shop'] !== undefined)).context.notes).toEqual(
      {
        shop: [3],
      },
    );
  });

  it('a custom action runs with the context and event of its own transition, also where several are stored at once', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    const noted = collect<string>();
    await system.spawn(notebook, { id: 'ledger' });
    const ref = await system.spawn(
      shopWith((line) => noted.add(line)),
      { id: 'shop', durable: true },
    );
    const before = tap.appended.length;
    for (const n of [1, 2, 3, 4]) ref.send({ type: 'SELL', n });
    await ref.deliver({ type: 'SELL', n: 5 });
    expect(noted.items).toEqual([
      'sale SELL 1 1',
      'sale SELL 2 3',
      'sale SELL 3 6',
      'sale SELL 4 10',
      'sale SELL 5 15',
    ]);
    expect(tap.appended.length - before).toBeLessThan(4);
  });

  it('what was not stored as done is done again after a crash, what was is not', async () => {
    await using stage = world.stage();
    const noted = collect<string>();
    const shop = shopWith((line) => noted.add(line));
    const first = await stage.open();
    await first.system.spawn(notebook, { id: 'ledger' });
    const ref = await first.system.spawn(shop, { id: 'shop', durable: true });
    await ref.deliver({ type: 'SELL', n: 1 });
    await first.crash();
    expect(noted.items).toEqual(['sale SELL 1 1']);

    const second = await stage.open();
    const sold = collect<number>();
    second.system.subscribe<{ type: string; n: number }>('shop.sold', ({ n }) => sold.add(n));
    await second.system.spawn(notebook, { id: 'ledger' });
    await second.system.spawn(shop, { id: 'shop', durable: true });
    expect(await noted.atLeast(2)).toEqual(['sale SELL 1 1', 'sale SELL 1 1']);
    expect(await sold.atLeast(1)).toEqual([1]);
    await second.system.stop();
    expect((await storedOf(second.tap, 'shop')).state.outbox).toEqual([]);

    const third = await stage.open();
    const again = await third.system.spawn(shop, { id: 'shop', durable: true });
    expect(await again.ask({ type: 'ASK' })).toEqual({ type: 'SOLD', n: 1 });
    expect(noted.items).toHaveLength(2);
  });

  it('an action is done again with the event it acted on: of a promise, of its failure, of a timer', async () => {
    await using stage = world.stage();
    const noted = collect<string>();
    const runner = runnerWith((line) => noted.add(line));
    const inputs = { good: { fails: false, delay: HOUR }, bad: { fails: true, delay: HOUR } };
    const all = { ...inputs, timed: { fails: false, delay: 1 } };
    const first = await stage.open();
    for (const [id, input] of Object.entries(all))
      await first.system.spawn(runner, { id, durable: true, input });
    await noted.atLeast(4);
    await first.crash();
    const done = 'xstate.done.actor.work {"output":"fine"}';
    const last = ['xstate.after.soon.runner.over {}', done, 'xstate.error.actor.work {"error":"no luck"}'];
    expect(noted.items.toSorted()).toEqual([...last, done].toSorted());
    const second = await stage.open();
    for (const [id, input] of Object.entries(all))
      await second.system.spawn(runner, { id, durable: true, input });
    expect((await noted.atLeast(7)).slice(4).toSorted()).toEqual(last.toSorted());
  });

  it('a durable receiver takes what a durable sender said once, in order, whoever of them crashes', async () => {
    await using stage = world.stage();
    const shop = shopWith(() => undefined);
    const first = await stage.open();
    const books = await first.system.spawn(notebook, { id: 'ledger', durable: true });
    const ref = await first.system.spawn(shop, { id: 'shop', durable: true });
    for (const n of [1, 2, 3]) await ref.deliver({ type: 'SELL', n });
    await books.waitFor(({ context }) => context.notes['shop']?.length === 3);
    await first.crash();

    const second = await stage.open();
    const seller = await second.system.spawn(shop, { id: 'shop', durable: true });
    for (const n of [4, 5]) await seller.deliver({ type: 'SELL', n });
    await second.crash();

    const third = await stage.open({ limits: { redo: 50 } });
    await third.system.spawn(shop, { id: 'shop', durable: true });
    const read = await third.system.spawn(notebook, { id: 'ledger', durable: true });
    await read.waitFor(({ context }) => (context.notes['shop']?.length ?? 0) >= 5);
    await third.system.stop();
    const { state } = await storedOf(third.tap, 'ledger');
    expect(state.actor.context).toEqual({ notes: { shop: [1, 2, 3, 4, 5] } });
    expect((await storedOf(third.tap, 'shop')).state.outbox).toEqual([]);
  });

  it('deliveries with one key are taken once, also across a crash', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(counter, { id: 'counter', durable: true });
    await ref.deliver({ type: 'ADD', by: 1 }, { once: 'a' });
    await ref.deliver({ type: 'ADD', by: 1 }, { once: 'a' });
    await Promise.all([1, 2, 3].map(async () => ref.deliver({ type: 'ADD', by: 10 }, { once: 'b' })));
    await first.crash();
    const second = await stage.open();
    const again = await second.system.spawn(counter, { id: 'counter', durable: true });
    await again.deliver({ type: 'ADD', by: 1 }, { once: 'a' });
    await again.deliver({ type: 'ADD', by: 100 }, { once: 'c' });
    expect(await again.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 111 });
  });

  it('many messages that wait are stored together', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    const ref = await system.spawn(counter, { id: 'counter', durable: true });
    const before = tap.appended.length;
    for (let n = 0; n < 1_000; n++) ref.send({ type: 'ADD', by: 1 });
    await ref.deliver({ type: 'ADD', by: 1 });
    expect(await ref.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 1_001 });
    expect(tap.appended.length - before).toBeLessThan(20);
    const { commit } = await storedOf(tap, 'counter');
    expect(commit.causes.length).toBeLessThanOrEqual(256);
  });
}
