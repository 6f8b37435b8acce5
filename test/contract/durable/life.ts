import { expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import { decodeRecord } from '../../../src/durable/record.ts';
import { counter } from '../../support/actors.ts';
import { codeOf } from '../../support/code-of.ts';
import { collect } from '../../support/collect.ts';
import { storedOf } from './stored.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

const account = setup({
  types: {
    context: {} as { owner: string; balance: number },
    events: {} as { type: 'PUT'; sum: number } | { type: 'CLOSE' },
    input: {} as { owner: string },
    output: {} as { paid: number },
  },
}).createMachine({
  id: 'account',
  context: ({ input }) => ({ owner: input.owner, balance: 0 }),
  initial: 'open',
  states: {
    open: {
      on: {
        PUT: { actions: assign({ balance: ({ context, event }) => context.balance + event.sum }) },
        CLOSE: 'closed',
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context }) => ({ paid: context.balance }),
});

const store = setup({
  types: {
    context: {} as { readonly items: readonly { readonly id: number; readonly text: string }[] },
    events: {} as { type: 'CHANGE'; at: number; text: string },
  },
}).createMachine({
  id: 'store',
  context: { items: Array.from({ length: 400 }, (_, id) => ({ id, text: `item ${id} of some length` })) },
  on: {
    CHANGE: {
      actions: assign({
        items: ({ context, event }) => context.items.with(event.at, { id: event.at, text: event.text }),
      }),
    },
  },
});

/** How durable actors come, are seen, leave memory and come back. */
export function lifeBehaviour(world: World): void {
  it('input counts when it begins; from then on what is stored counts', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(account, { id: 'a', durable: true, input: { owner: 'ann' } });
    await ref.deliver({ type: 'PUT', sum: 5 });
    await first.crash();
    const second = await stage.open();
    const again = await second.system.spawn(account, { id: 'a', durable: true, input: { owner: 'bob' } });
    expect((await again.snapshot()).context).toEqual({ owner: 'ann', balance: 5 });
    const kind = await second.system.host('account', account, { input: (owner) => ({ owner }) });
    await kind.ref('carl').deliver({ type: 'PUT', sum: 1 });
    expect((await kind.ref('carl').snapshot()).context).toEqual({ owner: 'carl', balance: 1 });
  });

  it('one that is done stays so: its output is kept, and what it is told after that has its reason', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const kind = await first.system.host('account', account, { input: (owner) => ({ owner }), idle: 20 });
    const ref = kind.ref('ann');
    const ended = collect<unknown>();
    await ref.deliver({ type: 'PUT', sum: 3 });
    ref.watch(({ reason, output }) => ended.add([reason, output]));
    await ref.deliver({ type: 'CLOSE' });
    expect(await ended.atLeast(1)).toEqual([['done', { paid: 3 }]]);
    expect(await codeOf(ref.deliver({ type: 'PUT', sum: 3 }))).toBe('ACTOR_STOPPED');
    ref.send({ type: 'PUT', sum: 4 });
    await until(() => first.system.deadLetters().length >= 2);
    expect(first.system.deadLetters().map(({ reason, to }) => [reason, to])).toEqual([
      ['actor-stopped', 'account/ann'],
      ['actor-stopped', 'account/ann'],
    ]);
    await until(() => first.system.stats().actors === 0);
    expect((await ref.snapshot()).output).toEqual({ paid: 3 });
    await first.system.stop();
    const second = await stage.open();
    const other = await second.system.host('account', account, { input: (owner) => ({ owner }) });
    const late = collect<unknown>();
    other.ref('ann').watch(({ reason, output }) => late.add([reason, output]));
    expect(await late.atLeast(1)).toEqual([['done', { paid: 3 }]]);
    expect((await other.ref('ann').snapshot()).output).toEqual({ paid: 3 });
  });

  it('stop lets it leave memory and keeps what is stored', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const ref = await system.spawn(counter, { id: 'counter', durable: true });
    const kind = await system.host('kind', counter);
    const ended = collect<string>();
    ref.watch(({ reason }) => ended.add(reason));
    await ref.deliver({ type: 'ADD', by: 2 });
    await kind.ref('a').deliver({ type: 'ADD', by: 3 });
    await ref.stop();
    await kind.ref('a').stop();
    expect(await ended.atLeast(1)).toEqual(['stopped']);
    await until(() => system.stats().actors === 0);
    const again = await system.spawn(counter, { id: 'counter', durable: true });
    expect(await again.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 2 });
    expect(await kind.ref('a').ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 3 });
  });

  it('an idle virtual actor leaves memory without a trace, and one that is watched or needed does not', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open({ limits: { idle: 20 } });
    const kind = await system.host('kind', counter);
    const seen = collect<number>();
    const subscription = kind.ref('seen').subscribe(({ context }) => seen.add(context.n));
    await Promise.all(
      Array.from({ length: 50 }, async (_, n) => kind.ref(`k${n}`).deliver({ type: 'ADD', by: n })),
    );
    expect(new Set(tap.appended).size).toBeGreaterThanOrEqual(50);
    await until(() => system.stats().actors === 1);
    expect((await system.actors()).map(({ address }) => address)).toEqual(['kind/seen']);
    await kind.ref('seen').deliver({ type: 'ADD', by: 1 });
    await seen.first((n) => n === 1);
    subscription.unsubscribe();
    await until(() => system.stats().actors === 0);
    const before = tap.appended.length;
    expect(await kind.ref('k7').ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 7 });
    expect(tap.appended.length - before).toBeLessThanOrEqual(1);
  });

  it('a watcher is not told when it leaves memory, and hears of its end after it came back', async () => {
    await using stage = world.stage();
    const near = await stage.open({ limits: { idle: 20 } });
    const far = await stage.open();
    await until(() => near.system.members().length === 1 && far.system.members().length === 1);
    const kind = await near.system.host('kind', counter);
    await until(
      async () => (await codeOf(far.system.ref('kind/a').deliver({ type: 'ADD', by: 1 }))) === 'fine',
    );
    const views = collect<number>();
    far.system.ref<typeof counter>('kind/a').subscribe(({ context }) => views.add(context.n));
    await views.atLeast(1);
    await kind.ref('a').deliver({ type: 'ADD', by: 1 });
    await views.first((n) => n === 2);
    const done = far.system.ref<typeof counter>('kind/a').waitFor(({ status }) => status === 'done');
    kind.ref('a').send({ type: 'END' });
    expect((await done).output).toEqual({ total: 2 });
  });

  it('a large state is stored as what changed, with a snapshot now and then, and no more history than asked for', async () => {
    await using stage = world.stage();
    const limits = { delta: 1_000, snapshotEvery: 10, history: 25 };
    const first = await stage.open({ limits });
    const ref = await first.system.spawn(store, { id: 'store', durable: true });
    for (let at = 0; at < 60; at++) await ref.deliver({ type: 'CHANGE', at, text: `changed ${at}` });
    const entries = await first.tap.history('store');
    const deltas = entries.filter(({ record }) => 'patch' in (decodeRecord(record) as object));
    expect(entries.length).toBeGreaterThanOrEqual(25);
    expect(entries.length).toBeLessThanOrEqual(25 + 11);
    expect(deltas.length / entries.length).toBeGreaterThan(0.8);
    const largest = Math.max(...entries.map(({ record }) => record.length));
    expect(Math.max(...deltas.map(({ record }) => record.length)) * 10).toBeLessThan(largest);
    expect((await first.tap.read('store')).length).toBeLessThanOrEqual(11);
    await first.crash();
    const second = await stage.open({ limits });
    const again = await second.system.spawn(store, { id: 'store', durable: true });
    const { items } = (await again.snapshot()).context;
    expect([items[0]?.text, items[59]?.text, items[60]?.text]).toEqual([
      'changed 0',
      'changed 59',
      'item 60 of some length',
    ]);
    await again.deliver({ type: 'CHANGE', at: 399, text: 'last' });
    const { state } = await storedOf(second.tap, 'store');
    expect((state.actor.context as { items: { text: string }[] }).items[399]?.text).toBe('last');
  });

  it('lists it, and counts it, as any other actor', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    await system.spawn(counter, { id: 'counter', durable: true });
    expect(await codeOf(system.spawn(counter, { id: 'counter' }))).toBe('DUPLICATE_ID');
    expect(await codeOf(system.spawn(counter, { id: 'counter', durable: true }))).toBe('DUPLICATE_ID');
    expect(await codeOf(system.spawn(counter, { id: 'kid', parent: 'counter' }))).toBe('INVALID_OPTION');
    expect((await system.actors()).map(({ address }) => address)).toEqual(['counter']);
    expect(system.stats().actors).toBe(1);
  });

  it('a message with more waiting than may wait is refused, and those that wait are served', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open({ limits: { mailbox: 5, batch: 2 } });
    const ref = await system.spawn(counter, { id: 'counter', durable: true });
    let open = (): void => undefined;
    tap.gate = new Promise<void>((resolve) => (open = resolve));
    const told = Array.from({ length: 20 }, async () => codeOf(ref.deliver({ type: 'ADD', by: 1 })));
    await until(() => (system.stats().deadLetters['mailbox-full'] ?? 0) > 0);
    open();
    const outcomes = await Promise.all(told);
    const taken = outcomes.filter((code) => code === 'fine').length;
    expect(new Set(outcomes)).toEqual(new Set(['fine', 'MAILBOX_FULL']));
    expect(await ref.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: taken });
  });
}
