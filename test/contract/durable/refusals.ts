import { expect, it } from 'vitest';
import { assign, emit, fromPromise, setup, spawnChild } from 'xstate';
import { type StoredActor, type TroupeError } from '../../../src/index.ts';
import { counter } from '../../support/actors.ts';
import { codeOf } from '../../support/code-of.ts';
import { storedOf } from './stored.ts';
import type { Home, World } from './world.ts';

class Money {
  readonly cents = 5;
}

const hoarder = setup({
  types: {
    context: {} as { kept: unknown; n: number },
    events: {} as
      | { type: 'KEEP'; what: string }
      | { type: 'SAY'; what: string }
      | { type: 'NOTE'; what: string }
      | { type: 'SPAWN' }
      | { type: 'BIG' }
      | { type: 'OK' }
      | { type: 'END'; what: string }
      | { type: 'SPAWN_INLINE' },
    emitted: {} as { type: 'hoard'; what: unknown },
  },
  actors: { child: counter },
  actions: { note: ({ context }, { kept }: { kept: unknown }) => void (context.kept = kept) },
}).createMachine({
  id: 'hoarder',
  context: { kept: undefined, n: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        KEEP: { actions: assign({ kept: ({ event, self }) => things(self)[event.what] }) },
        NOTE: {
          actions: { type: 'note', params: ({ event }) => ({ kept: things(undefined)[event.what] }) },
        },
        SAY: { actions: emit(({ event, self }) => ({ type: 'hoard', what: things(self)[event.what] })) },
        SPAWN: { actions: assign({ kept: ({ spawn }) => spawn('child', { id: 'kid' }).id }) },
        SPAWN_INLINE: { actions: spawnChild(counter as never, { id: 'kid' }) },
        BIG: { actions: assign({ kept: 'x'.repeat(32 * 1024 * 1024) }) },
        OK: { actions: assign({ n: ({ context }) => context.n + 1 }) },
        END: { target: 'closed', actions: assign({ kept: ({ event }) => event.what }) },
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context, self }) => things(self)[context.kept as string],
});

const things = (self: unknown): Readonly<Record<string, unknown>> => ({
  function: () => 1,
  class: new Money(),
  actor: self,
  symbol: Symbol('s'),
});

const fails = async (action: Promise<unknown>): Promise<TroupeError> =>
  action.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error as TroupeError,
  );

const v1 = setup({
  types: { context: {} as { n: number }, events: {} as { type: 'NEXT' } },
}).createMachine({
  id: 'order',
  version: '1',
  context: { n: 1 },
  initial: 'new',
  states: { new: { on: { NEXT: 'paying' } }, paying: { after: { 100_000_000: 'new' } } },
});

const v2 = setup({
  types: { context: {} as { count: number }, events: {} as { type: 'NEXT' } },
}).createMachine({
  id: 'order',
  version: '2',
  context: { count: 1 },
  initial: 'fresh',
  states: {
    fresh: { on: { NEXT: 'payment' } },
    payment: { on: { NEXT: 'paid' }, after: { 100_000_000: 'fresh' } },
    paid: {},
  },
});

/** What cannot be is refused by name, and nothing stored is touched. */
export function refusalBehaviour(world: World): void {
  const hoard = async (home: Home) => home.system.spawn(hoarder, { id: 'hoarder', durable: true });

  it.each([
    ['KEEP', 'function', 'context', 'kept'],
    ['KEEP', 'class', 'context', 'Money'],
    ['KEEP', 'actor', 'context', 'actor'],
    ['KEEP', 'symbol', 'context', 'kept'],
    ['END', 'function', 'output', 'function'],
    ['SAY', 'function', 'what', 'function'],
    ['NOTE', 'function', 'parameters of the action "note"', 'kept'],
  ])(
    '%s %s: what cannot be stored is refused by name, and the actor is as it was',
    async (type, what, field, named) => {
      await using stage = world.stage();
      const home = await stage.open();
      const ref = await hoard(home);
      await ref.deliver({ type: 'OK' });
      const before = await home.tap.read('hoarder');
      const error = await fails(ref.deliver({ type, what } as never));
      expect(error.code).toBe('UNSERIALIZABLE');
      expect(error.message).toContain(field);
      expect(error.message).toContain(named);
      expect(error.message).toContain('hoarder');
      expect(await home.tap.read('hoarder')).toEqual(before);
      expect((await fails(ref.ask({ type, what } as never))).code).toBe('UNSERIALIZABLE');
      await ref.deliver({ type: 'OK' });
      expect((await ref.snapshot()).context).toEqual({ kept: undefined, n: 2 });
    },
  );

  it('of several messages that wait, only the one that cannot be stored is refused', async () => {
    await using stage = world.stage();
    const home = await stage.open();
    const ref = await hoard(home);
    const outcomes = await Promise.all([
      codeOf(ref.deliver({ type: 'OK' })),
      codeOf(ref.deliver({ type: 'OK' })),
      codeOf(ref.deliver({ type: 'KEEP', what: 'function' })),
      codeOf(ref.deliver({ type: 'OK' })),
      codeOf(ref.deliver({ type: 'SPAWN' })),
      codeOf(ref.deliver({ type: 'OK' })),
    ]);
    expect(outcomes).toEqual(['fine', 'fine', 'UNSERIALIZABLE', 'fine', 'SPAWN_IN_ASSIGN', 'fine']);
    expect((await storedOf(home.tap, 'hoarder')).state.actor.context).toEqual({ kept: undefined, n: 4 });
  });

  it('a commit over the limit of the store is refused with both sizes', async () => {
    await using stage = world.stage();
    const home = await stage.open();
    const ref = await hoard(home);
    const error = await fails(ref.deliver({ type: 'BIG' }));
    expect(error.code).toBe('PAYLOAD_TOO_LARGE');
    expect(error.message).toMatch(/"hoarder" takes 335\d+ bytes, the store takes \d+/);
    await ref.deliver({ type: 'OK' });
    expect((await storedOf(home.tap, 'hoarder')).state.actor.context).toEqual({ kept: undefined, n: 1 });
  });

  it('spawn inside assign and inline child logic are refused with what to write instead', async () => {
    await using stage = world.stage();
    const home = await stage.open();
    const ref = await hoard(home);
    const spawned = await fails(ref.deliver({ type: 'SPAWN' }));
    expect([spawned.code, spawned.message]).toEqual([
      'SPAWN_IN_ASSIGN',
      expect.stringContaining('spawnChild') as string,
    ]);
    const inline = await fails(ref.deliver({ type: 'SPAWN_INLINE' }));
    expect([inline.code, inline.message]).toEqual([
      'UNSERIALIZABLE',
      expect.stringContaining('setup({ actors })') as string,
    ]);
    await ref.deliver({ type: 'OK' });
    expect((await ref.snapshot()).context.n).toBe(1);
  });

  it('an actor that cannot begin is refused by spawn, stores nothing, and leaves its id free', async () => {
    await using stage = world.stage();
    const home = await stage.open();
    const broken = setup({}).createMachine({ id: 'broken', context: () => ({ f: () => 1 }) });
    const thrower = setup({}).createMachine({
      id: 'thrower',
      context: () => {
        throw new Error('no context today');
      },
    });
    const spawner = setup({ actors: { child: counter } }).createMachine({
      id: 'spawner',
      context: ({ spawn }) => ({ kid: spawn('child', { id: 'kid' }).id }),
    });
    for (const [logic, code] of [
      [broken, 'UNSERIALIZABLE'],
      [thrower, 'ACTOR_FAILED'],
      [spawner, 'SPAWN_IN_ASSIGN'],
    ] as const) {
      const error = await fails(home.system.spawn(logic, { id: 'one', durable: true }));
      expect(error.code).toBe(code);
      expect(error.message).toContain('"one');
      expect(await home.tap.read('one')).toEqual([]);
      expect(home.system.stats().actors).toBe(0);
    }
    await home.system.spawn(counter, { id: 'one', durable: true });
  });

  it('options that make no sense are refused before anything happens', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    const parent = await system.spawn(counter);
    const durable = true;
    const refused = async (options: object, logic: unknown = counter): Promise<string> => {
      const { code, message } = await fails(system.spawn(logic as typeof counter, options));
      return `${code}: ${message}`;
    };
    expect(await refused({ durable })).toContain('INVALID_OPTION: A durable actor needs an `id`');
    expect(await refused({ durable, id: 'a', parent })).toContain(
      'INVALID_OPTION: A durable actor has no `parent`',
    );
    expect(await refused({ durable, id: 'a', subscribe: ['x.y'] })).toContain(
      'INVALID_OPTION: A durable actor cannot `subscribe`',
    );
    expect(await refused({ durable: { versoin: '1' }, id: 'a' })).toContain(
      'INVALID_OPTION: a durable actor has no option "versoin"',
    );
    expect(await refused({ durable: 'yes', id: 'a' })).toContain('INVALID_OPTION');
    expect(await refused({ durable: { version: 5 }, id: 'a' })).toContain('INVALID_OPTION');
    expect(await refused({ durable: { migrate: 5 }, id: 'a' })).toContain('INVALID_OPTION');
    expect(await refused({ durable, id: 'a b' })).toContain('INVALID_ADDRESS');
    expect(await refused({ durable, id: 'a', supervision: { maxRestarts: -1 } })).toContain('INVALID_OPTION');
    expect(
      await refused(
        { durable, id: 'a' },
        fromPromise(async () => Promise.resolve(1)),
      ),
    ).toContain('INVALID_OPTION');
    expect(await refused({ durable, id: 'a', nope: 1 })).toContain('INVALID_OPTION');
    expect(tap.appended).toEqual([]);
  });

  it('so are kinds and keys that cannot be part of an address', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const host = async (kind: string, options: object = {}, logic: unknown = counter): Promise<string> =>
      codeOf(system.host(kind, logic as typeof counter, options));
    expect(await host('a/b')).toBe('INVALID_ADDRESS');
    expect(await host('')).toBe('INVALID_ADDRESS');
    expect(await host('a', { idel: 3 })).toBe('INVALID_OPTION');
    expect(await host('a', { idle: -3 })).toBe('INVALID_OPTION');
    expect(await host('a', { idle: 'soon' })).toBe('INVALID_OPTION');
    expect(await host('a', { input: 5 })).toBe('INVALID_OPTION');
    expect(
      await host(
        'a',
        {},
        fromPromise(async () => Promise.resolve(1)),
      ),
    ).toBe('INVALID_OPTION');
    const kind = await system.host('a', counter);
    expect(await codeOf(system.host('a', counter))).toBe('DUPLICATE_ID');
    expect(await codeOf(() => kind.ref('x/y'))).toBe('INVALID_ADDRESS');
    expect(await codeOf(() => kind.ref(''))).toBe('INVALID_ADDRESS');
    expect(await codeOf(() => kind.ref('x@y'))).toBe('INVALID_ADDRESS');
    await kind.ref('ключ').deliver({ type: 'ADD', by: 1 });
  });

  it('without a store there are no durable actors', async () => {
    await using stage = world.stage();
    const { system } = await stage.open({ store: undefined as never });
    const error = await fails(system.spawn(counter, { id: 'a', durable: true }));
    expect([error.code, error.message]).toEqual(['NO_STORE', expect.stringContaining('memory()') as string]);
    expect(await codeOf(system.host('kind', counter))).toBe('NO_STORE');
  });

  it('a version that nobody migrates is refused and kept; one that is migrated goes on, timers included', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const old = await first.system.spawn(v1, { id: 'order', durable: true });
    await old.deliver({ type: 'NEXT' });
    await first.system.stop();

    const second = await stage.open();
    const before = await second.tap.read('order');
    const refused = await fails(second.system.spawn(v2, { id: 'order', durable: true }));
    expect(refused.code).toBe('NO_MIGRATION');
    expect(refused.message).toContain(
      '"order" was stored by machine "order" version "1" and is now run by "order" version "2"',
    );
    const nonsense: [(stored: StoredActor) => never, string][] = [
      [
        () => {
          throw new Error('cannot do it');
        },
        'cannot do it',
      ],
      [() => undefined as never, 'migrate'],
      [({ actor }) => ({ ...actor, value: 'nowhere' }) as never, 'nowhere'],
      [({ actor }) => ({ ...actor, timers: 'none' }) as never, 'migrate'],
      [() => 5 as never, 'migrate'],
    ];
    for (const [migrate, named] of nonsense) {
      const error = await fails(second.system.spawn(v2, { id: 'order', durable: { migrate } }));
      expect([error.name, error.message]).toEqual(['TroupeError', expect.stringContaining(named) as string]);
      expect(error.message).toContain('"order"');
    }
    expect(await second.tap.read('order')).toEqual(before);
    const again = await second.system.spawn(v1, { id: 'order', durable: true });
    expect((await again.snapshot()).value).toBe('paying');
    await second.system.stop();

    const third = await stage.open();
    const seen: unknown[] = [];
    const migrate = (stored: StoredActor) => {
      seen.push([stored.machine, stored.version]);
      return {
        ...stored.actor,
        value: 'payment',
        context: { count: (stored.actor.context as { n: number }).n + 1 },
      };
    };
    const next = await third.system.spawn(v2, { id: 'order', durable: { migrate } });
    expect(seen).toEqual([['order', '1']]);
    const view = await next.snapshot();
    expect([view.value, view.context]).toEqual(['payment', { count: 2 }]);
    await next.deliver({ type: 'NEXT' });
    await third.crash();
    const fourth = await stage.open();
    const last = await fourth.system.spawn(v2, { id: 'order', durable: true });
    expect((await last.snapshot()).value).toBe('paid');
  });

  it('a stored state that the machine no longer has is refused by name, and kept', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const ref = await first.system.spawn(v1, { id: 'order', durable: true });
    await ref.deliver({ type: 'NEXT' });
    await first.system.stop();
    const changed = setup({}).createMachine({
      id: 'order',
      version: '1',
      context: { n: 1 },
      initial: 'new',
      states: { new: {} },
    });
    const second = await stage.open();
    const before = await second.tap.read('order');
    const error = await fails(second.system.spawn(changed, { id: 'order', durable: true }));
    expect([error.code, error.message]).toEqual([
      'UNKNOWN_STATE',
      expect.stringContaining('paying') as string,
    ]);
    expect(error.message).toContain('"order"');
    expect(await second.tap.read('order')).toEqual(before);
    await second.system.host('order', changed);
    const renamed = setup({}).createMachine({ id: 'other', context: {} });
    expect((await fails(second.system.spawn(renamed, { id: 'order', durable: true }))).code).toBe(
      'NO_MIGRATION',
    );
  });
}
