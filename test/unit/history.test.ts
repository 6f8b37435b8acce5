import { assign, createMachine, fromPromise, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import {
  createSystem,
  memory,
  replayHistory,
  reply,
  silentLogger,
  tell,
  type HistoryEntry,
  type Journal,
  type Limits,
  type Store,
  type StoredCommit,
  type System,
} from 'troupe';
import { codeOf } from '../support/code-of.ts';

interface Totals {
  readonly sum: number;
  readonly log: readonly string[];
}

type Event = { type: 'ADD'; by: number } | { type: 'PAY' | 'WAIT' } | { type: 'GET'; replyTo?: string };

/** @param bonus added with every ADD: another bonus is another machine */
const till = (bonus = 0, version?: string) =>
  setup({
    types: { context: {} as Totals, events: {} as Event },
    actors: {
      charge: fromPromise(async ({ input }: { input: { sum: number } }) => {
        if (input.sum > 100) throw new Error('too much');
        return Promise.resolve({ receipt: 7 });
      }),
    },
    actions: {
      add: assign(({ context, event }) => {
        const by = event.type === 'ADD' ? event.by : 0;
        return { sum: context.sum + by + bonus, log: [...context.log, `ADD ${by}`] };
      }),
      ship: tell('stock/tea', ({ context }) => ({ type: 'SHIP', sum: context.sum })),
      answer: reply({ type: 'OK' }),
    },
  }).createMachine({
    id: 'till',
    ...(version === undefined ? {} : { version }),
    context: { sum: 0, log: [] },
    initial: 'open',
    on: { GET: { actions: 'answer' } },
    states: {
      open: { on: { ADD: { actions: 'add' }, PAY: 'paying', WAIT: 'waiting' } },
      waiting: { after: { 30: 'open' } },
      paying: {
        invoke: {
          src: 'charge',
          input: ({ context: { sum } }) => ({ sum }),
          onDone: { target: 'paid', actions: 'ship' },
          onError: 'declined',
        },
      },
      paid: {},
      declined: {},
    },
  });

const stock = createMachine({ id: 'stock' });

const open = async (store: Store, limits: Partial<Limits> = {}): Promise<System> =>
  createSystem({ name: 'history', store, limits, log: silentLogger });

async function* entriesOf(system: System, id = 'till/1'): AsyncGenerator<HistoryEntry> {
  yield* system.history(id);
}

async function list(system: System, id = 'till/1'): Promise<readonly HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for await (const entry of entriesOf(system, id)) entries.push(entry);
  return entries;
}

const commits = async (system: System): Promise<readonly StoredCommit[]> =>
  (await list(system)).filter((entry): entry is StoredCommit => !('unreadable' in entry));

/** Add, wait for a timer, pay: a message, a timer and a promise, each a commit of its own. */
async function live(system: System): Promise<void> {
  await system.host('till', till());
  await system.host('stock', stock);
  const ref = system.ref<ReturnType<typeof till>>('till/1');
  await ref.deliver({ type: 'ADD', by: 3 });
  await ref.deliver({ type: 'WAIT' });
  await ref.waitFor((view) => view.matches('open'));
  await ref.deliver({ type: 'PAY' });
  await ref.waitFor((view) => view.matches('paid'));
}

/** A store whose records can be changed behind its back. */
function tampered(): {
  readonly store: Store;
  change: (id: string, at: number, to: (record: Uint8Array) => Uint8Array) => void;
} {
  const store = memory();
  const changes = new Map<string, (record: Uint8Array) => Uint8Array>();
  const wrap = (journal: Journal): Journal => ({
    ...journal,
    async *history(id) {
      let at = 0;
      for await (const { position, record } of journal.history(id)) {
        at += 1;
        yield { position, record: changes.get(`${id} ${at}`)?.(record) ?? record };
      }
    },
  });
  return {
    store: { name: store.name, open: async (options) => wrap(await store.open(options)) },
    change: (id, at, to) => void changes.set(`${id} ${at}`, to),
  };
}

const flipped = (record: Uint8Array): Uint8Array => record.map((byte, i) => (i === 20 ? byte ^ 1 : byte));

describe('the history of a durable actor', () => {
  it('says what it was told, what it decided, and how it was then', async () => {
    await using system = await open(memory());
    await live(system);
    const found = await commits(system);
    expect(found.slice(0, 5)).toMatchObject([
      {
        number: 1,
        value: 'open',
        causes: [{ kind: 'start' }, { event: { type: 'ADD', by: 3 } }],
        effects: [],
      },
      { number: 2, value: 'waiting', timers: [{ path: [], id: 'xstate.after.30.till.waiting' }] },
      { number: 3, value: 'open', causes: [{ kind: 'timer' }], timers: [] },
      { number: 4, value: 'paying', effects: [{ kind: 'work', src: 'charge', input: { sum: 3 } }] },
      {
        ...{ number: 5, value: 'paid', context: { sum: 3, log: ['ADD 3'] }, children: {} },
        causes: [{ kind: 'settled', outcome: 'done', value: { receipt: 7 } }],
        effects: [{ kind: 'send', to: 'stock/tea', event: { type: 'SHIP', sum: 3 } }],
      },
    ]);
    const [first] = found;
    expect(first).toMatchObject({ machine: 'till', version: '0', node: system.node });
    expect(found[1]!.timers[0]!.due).toBeLessThanOrEqual(found[1]!.at + 30);
  });

  it('gives the state at any commit, and says which there are', async () => {
    await using system = await open(memory());
    await live(system);
    expect(await system.historyAt('till/1', 2)).toMatchObject({ number: 2, value: 'waiting' });
    for (const number of [0, 99, -1, 1.5, Number.NaN])
      expect(await codeOf(system.historyAt('till/1', number))).toBe('NO_SUCH_COMMIT');
    await expect(system.historyAt('till/1', 99)).rejects.toThrow(/kept are 1 to [567] /);
  });

  it('refuses what is not there', async () => {
    await using system = await open(memory());
    expect(await codeOf(list(system, 'till/2'))).toBe('NO_SUCH_ACTOR');
    expect(await codeOf(list(system, 'till//2'))).toBe('INVALID_ADDRESS');
    await using bare = await createSystem({ name: 'bare', log: silentLogger });
    expect(() => bare.history('till/1')).toThrow(expect.objectContaining({ code: 'NO_STORE' }));
  });

  it('knows no effects of a commit before which nothing is kept', async () => {
    await using system = await open(memory(), { history: 3 });
    await system.host('till', till());
    const ref = system.ref<ReturnType<typeof till>>('till/1');
    for (let by = 1; by <= 5; by += 1) await ref.deliver({ type: 'ADD', by });
    const found = await commits(system);
    expect(found.map(({ number, effects }) => [number, effects])).toEqual([
      [3, undefined],
      [4, []],
      [5, []],
    ]);
  });

  it.each([
    ['a changed byte', flipped, /checksum/],
    ['a record that is cut off', (record: Uint8Array) => record.subarray(0, 9), /9 bytes/],
    ['nothing', () => new Uint8Array(0), /0 bytes/],
    ['a later format', (record: Uint8Array) => record.map((byte, i) => (i === 0 ? 9 : byte)), /format 9/],
  ])('shows %s as what cannot be read, and all else', async (_what, change, why) => {
    const { store, change: tamper } = tampered();
    await using system = await open(store);
    await live(system);
    tamper('till/1', 3, change);
    const found = await list(system);
    expect(found.slice(0, 5)).toMatchObject([
      { number: 1 },
      { number: 2 },
      { unreadable: expect.stringMatching(why) as string },
      { number: 4, value: 'paying', effects: undefined },
      { number: 5 },
    ]);
    expect(await codeOf(system.historyAt('till/1', 3))).toBe('CORRUPTED');
    expect(await system.historyAt('till/1', 4)).toMatchObject({ value: 'paying' });
  });

  it('shows a commit that builds on one that cannot be read', async () => {
    const { store, change } = tampered();
    await using system = await open(store, { delta: 1 });
    await system.host('till', till());
    const ref = system.ref<ReturnType<typeof till>>('till/1');
    for (let by = 1; by <= 40; by += 1) await ref.deliver({ type: 'ADD', by });
    const deltas = (await commits(system)).map(({ number, context }) => [
      number,
      (context as Totals).log.length,
    ]);
    expect(deltas).toEqual(Array.from({ length: 40 }, (_none, i) => [i + 1, i + 1]));
    change('till/1', 38, flipped);
    const found = await list(system);
    expect(found[38]).toMatchObject({ unreadable: 'number 39 builds on a commit that cannot be read' });
  });
});

describe('a replica', () => {
  it('comes to the same states by the same causes', async () => {
    await using system = await open(memory());
    await live(system);
    const { length } = await list(system);
    expect(await replayHistory(till(), entriesOf(system))).toEqual({ replayed: length, given: 0, passed: 0 });
  });

  it('is found out when its machine decides otherwise', async () => {
    await using system = await open(memory());
    await live(system);
    expect(await replayHistory(till(1), entriesOf(system))).toEqual({
      ...{ replayed: 0, given: 0, passed: 0 },
      difference: { number: 1, at: 'context.sum', stored: 3, replayed: 4 },
    });
  });

  it('is found out when it decides by chance', async () => {
    let calls = 0;
    const dice = setup({ types: { context: {} as { rolled: number } } }).createMachine({
      id: 'dice',
      context: { rolled: 0 },
      on: { ROLL: { actions: assign({ rolled: () => (calls += 1) }) } },
    });
    await using system = await open(memory());
    const ref = await system.spawn(dice, { id: 'dice', durable: true });
    await ref.deliver({ type: 'ROLL' });
    expect(await replayHistory(dice, entriesOf(system, 'dice'))).toMatchObject({
      difference: { at: 'context.rolled', stored: 1, replayed: 2 },
    });
  });

  it('takes the failure of work as it was stored', async () => {
    await using system = await open(memory());
    await system.host('till', till());
    const ref = system.ref<ReturnType<typeof till>>('till/1');
    await ref.deliver({ type: 'ADD', by: 101 });
    await ref.deliver({ type: 'PAY' });
    await ref.waitFor((view) => view.matches('declined'));
    expect(await replayHistory(till(), entriesOf(system))).toMatchObject({ given: 0, passed: 0 });
    expect((await commits(system)).at(-1)).toMatchObject({ value: 'declined' });
  });

  it('begins anew behind what it cannot use', async () => {
    const { store, change } = tampered();
    await using system = await open(store);
    await live(system);
    change('till/1', 2, flipped);
    const { length } = await list(system);
    expect(await replayHistory(till(), entriesOf(system))).toEqual({
      ...{ replayed: length - 2, given: 1, passed: 1 },
    });
  });

  it('passes over what other versions stored', async () => {
    const store = memory();
    {
      await using system = await open(store);
      const ref = await system.spawn(till(), { id: 'till/1', durable: true });
      await ref.deliver({ type: 'ADD', by: 1 });
    }
    await using system = await open(store);
    const ref = await system.spawn(till(5, '2'), {
      id: 'till/1',
      durable: { migrate: ({ actor }) => actor },
    });
    await ref.deliver({ type: 'ADD', by: 1 });
    await ref.deliver({ type: 'ADD', by: 1 });
    const { passed, given, replayed } = await replayHistory(till(5, '2'), entriesOf(system));
    const all = await commits(system);
    expect([passed, given, replayed]).toEqual([
      all.filter(({ version }) => version === '0').length,
      1,
      all.filter(({ version }) => version === '2').length - 1,
    ]);
    expect(await replayHistory(till(5), entriesOf(system), { version: '2' })).toMatchObject({
      given: 1,
      passed,
    });
  });
});
