import { expect, it } from 'vitest';
import { local, TroupeError, type Entry } from '../../../src/index.ts';
import { counter } from '../../support/actors.ts';
import { codeOf } from '../../support/code-of.ts';
import { deferred } from '../../support/deferred.ts';
import { until } from './until.ts';
import type { World } from './world.ts';

const flip = ({ position, record }: Entry): Entry => {
  const bytes = new Uint8Array(record);
  bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 0xff;
  return { position, record: bytes };
};

const cutOff = ({ position, record }: Entry): Entry => ({
  position,
  record: record.subarray(0, record.length >> 1),
});

const away = (): TroupeError =>
  new TroupeError('STORE_UNAVAILABLE', 'The store is away.', { retryable: true });
const full = (): TroupeError => new TroupeError('STORE_FULL', 'The disk of the store is full.');
const denied = (): TroupeError => new TroupeError('STORE_DENIED', 'The store lets nobody write.');

/** A store that is damaged, away, full or closed to us, and another who writes meanwhile: nothing stored is lost or done twice. */
export function damageBehaviour(world: World): void {
  it.each([
    ['flipped', flip],
    ['cut off', cutOff],
  ])(
    'a commit with bytes %s: its actor is quarantined, said once, left as it is; others are served',
    async (_what, break_) => {
      await using stage = world.stage();
      const first = await stage.open();
      await first.system.host('kind', counter);
      for (const key of ['bad', 'good'])
        await first.system.ref(`kind/${key}`).deliver({ type: 'ADD', by: 1 });
      await (
        await first.system.spawn(counter, { id: 'spawned', durable: true })
      ).deliver({ type: 'ADD', by: 1 });
      await first.system.stop();

      const { system, tap, log } = await stage.open();
      tap.damage = (id, entries) => (id === 'kind/good' ? entries : entries.map(break_));
      await system.host('kind', counter);
      const bad = system.ref<typeof counter>('kind/bad');
      for (let times = 0; times < 3; times++)
        await expect(bad.deliver({ type: 'ADD', by: 1 })).rejects.toMatchObject({
          code: 'CORRUPTED',
          message: expect.stringMatching(
            /"kind\/bad" at position \d+ cannot be used: .*quarantined/,
          ) as string,
        });
      bad.send({ type: 'ADD', by: 1 });
      expect(await codeOf(bad.ask({ type: 'GET' }))).toBe('CORRUPTED');
      expect(await codeOf(system.spawn(counter, { id: 'spawned', durable: true }))).toBe('CORRUPTED');
      const good = system.ref<typeof counter>('kind/good');
      await good.deliver({ type: 'ADD', by: 1 });
      expect(await good.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 2 });
      const said = log.items
        .filter(({ fields }) => fields['address'] === 'kind/bad')
        .map(({ level, message }) => `${level} ${message}`);
      expect(said).toEqual([expect.stringMatching(/^error .*quarantined/) as string]);
      expect(
        system
          .deadLetters()
          .filter(({ to }) => to === 'kind/bad')
          .map(({ reason }) => reason),
      ).toContain('quarantined');
      const records = await tap.read('kind/bad');
      tap.damage = undefined;
      await bad.deliver({ type: 'ADD', by: 1 });
      expect(await bad.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 2 });
      expect(records.at(-1)?.position).toBeGreaterThan(0);
    },
  );

  it('a store that is away for a while is waited for; then all goes on and nothing is taken twice', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    const ref = await system.spawn(counter, { id: 'counter', durable: true });
    await ref.deliver({ type: 'ADD', by: 1 });
    tap.failing = away;
    tap.unreadable = away;
    const waiting = ref.deliver({ type: 'ADD', by: 10 }, { timeout: 20_000 });
    expect(await codeOf(ref.deliver({ type: 'ADD', by: 100 }, { timeout: 150 }))).toBe('TIMEOUT');
    expect((await ref.snapshot()).context.n).toBe(1);
    tap.failing = tap.unreadable = undefined;
    await waiting;
    const { n } = await ref.ask({ type: 'GET' });
    // What was given up by its sender may be taken or not: it was told that it does not know.
    expect([11, 111]).toContain(n);
  });

  it('spawn over a store that is away is refused as worth another try; a virtual actor waits for it', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    await system.host('kind', counter);
    tap.unreadable = away;
    await expect(system.spawn(counter, { id: 'one', durable: true })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    });
    const ref = system.ref<typeof counter>('kind/a');
    const delivered = ref.deliver({ type: 'ADD', by: 1 }, { timeout: 20_000 });
    await until(() => system.stats().actors === 1);
    tap.unreadable = undefined;
    await delivered;
    await system.spawn(counter, { id: 'one', durable: true });
  });

  it.each([
    ['full', full, 'STORE_FULL'],
    ['closed to us', denied, 'STORE_DENIED'],
  ])(
    'a store that is %s: senders are told, the actor is as it was and goes on afterwards',
    async (_what, failing, code) => {
      await using stage = world.stage();
      const { system, tap } = await stage.open();
      const ref = await system.spawn(counter, { id: 'counter', durable: true });
      await system.host('kind', counter);
      await ref.deliver({ type: 'ADD', by: 1 });
      tap.failing = failing;
      expect(await codeOf(ref.deliver({ type: 'ADD', by: 10 }))).toBe(code);
      expect(await codeOf(ref.ask({ type: 'GET' }))).toBe(code);
      expect(
        await Promise.all([1, 2, 3].map(async (by) => codeOf(ref.deliver({ type: 'ADD', by })))),
      ).toEqual([code, code, code]);
      expect(await codeOf(system.spawn(counter, { id: 'other', durable: true }))).toBe(code);
      expect(await codeOf(system.ref('kind/a').deliver({ type: 'ADD', by: 1 }))).toBe(code);
      tap.failing = undefined;
      await ref.deliver({ type: 'ADD', by: 100 });
      expect(await ref.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 101 });
      await system.ref('kind/a').deliver({ type: 'ADD', by: 1 });
      await system.spawn(counter, { id: 'other', durable: true });
    },
  );

  it('two nodes of one network cannot both have one durable actor; when it is gone from one, the other goes on', async () => {
    await using stage = world.stage();
    const one = await stage.open();
    const other = await stage.open();
    await until(() => one.system.members().length === 1 && other.system.members().length === 1);
    const ref = await one.system.spawn(counter, { id: 'counter', durable: true });
    expect(await codeOf(other.system.spawn(counter, { id: 'counter', durable: true }))).toBe('DUPLICATE_ID');
    await other.system.ref<typeof counter>('counter').deliver({ type: 'ADD', by: 1 });
    await ref.stop();
    await until(() => one.system.stats().actors === 0);
    const moved = await other.system.spawn(counter, { id: 'counter', durable: true });
    expect(await moved.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 1 });
  });

  it('two that do not hear each other both write: each commit is on top of all others, none is lost or taken twice', async () => {
    await using stage = world.stage();

    const one = await stage.open({ transport: local() });
    const other = await stage.open({ transport: local() });
    const options = { id: 'counter', durable: true };
    const refs = [await one.system.spawn(counter, options), await other.system.spawn(counter, options)];
    const told = await Promise.all(
      Array.from({ length: 40 }, async (_, n) =>
        codeOf(refs[n % 2]!.deliver({ type: 'ADD', by: 1 }, { timeout: 20_000 })),
      ),
    );
    expect(new Set(told)).toEqual(new Set(['fine']));
    await refs[0]?.deliver({ type: 'ADD', by: 1 });
    expect(await refs[0]?.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 41 });
  });

  it('leaving memory while a commit is under way waits for it', async () => {
    await using stage = world.stage();
    const { system, tap } = await stage.open();
    const ref = await system.spawn(counter, { id: 'counter', durable: true });
    const gate = deferred<undefined>();
    tap.gate = gate.promise;
    const delivered = ref.deliver({ type: 'ADD', by: 1 });
    const waiting = ref.deliver({ type: 'ADD', by: 1 });
    const stopped = system.stop();
    gate.resolve(undefined);
    await Promise.all([delivered, waiting, stopped]);
    const second = await stage.open();
    const again = await second.system.spawn(counter, { id: 'counter', durable: true });
    expect(await again.ask({ type: 'GET' })).toEqual({ type: 'COUNT', n: 2 });
  });
}
