import { connect } from 'nats';
import { describe, expect, it } from 'vitest';
import { isTroupeError, type Journal, type Message } from 'troupe';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { namesOf } from '../../src/durable/jetstream/names.ts';
import { natsServer } from '../support/server.ts';
import { storedOf } from './support/durable-load/books.ts';
import { startCrew, type Crew } from './support/durable-load/crew.ts';
import { changeByte } from './support/durable-load/damage.ts';
import { limits, startDriver, type Driver } from './support/durable-load/driver.ts';
import type { SleeperContext } from './support/durable-load/sleeper.ts';

const SYSTEM = 'hurt';
const names = namesOf(SYSTEM);
const options = { system: SYSTEM, limits, hosts: 'sleepers' } as const;

/** Code of the error that a delivery ends with; undefined: it was taken. */
const deliver = async ({ insist }: Driver, id: string): Promise<string | undefined> =>
  insist(id, { type: 'FORGET' }, `look ${++looks}`).then(
    () => undefined,
    (error: unknown) => (isTroupeError(error) ? error.code : String(error)),
  );

let looks = 0;

/** What somebody else may write where the records of an actor are. */
const garbage: Readonly<Record<string, (last: Uint8Array) => Uint8Array>> = {
  nothing: () => new Uint8Array(),
  text: () => Buffer.from('\u0001 this is no record, and longer than the header of one'),
  'half of a record': (last) => last.subarray(0, last.length >> 1),
  'a record with a changed byte': (last) =>
    last.map((byte, at) => (at === last.length - 3 ? byte ^ 1 : byte)),
  'a record of a later format': (last) => last.map((byte, at) => (at === 0 ? 9 : byte)),
};

const cases = Object.keys(garbage);
const codes = ['CORRUPTED', 'CORRUPTED', 'CORRUPTED', 'CORRUPTED', 'UNKNOWN_VERSION'];

async function publish({ url }: Server, subject: string, bytes: Uint8Array): Promise<void> {
  const connection = await connect({ servers: url });
  await connection.jetstream().publish(subject, bytes);
  await connection.close();
}

const last = async (journal: Journal, id: string): Promise<Uint8Array> =>
  (await journal.load(id)).at(-1)!.record;

const recordsOf = async (journal: Journal, id: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const { record } of journal.history(id)) found.push(Buffer.from(record).toString('hex'));
  return found;
};

const quarantined = ({ notices }: Crew): readonly (string | undefined)[] => [
  ...new Set(notices.flatMap((notice) => (notice.kind === 'error' ? [notice.address] : []))),
];

/** Two commits each; the first of all come before the second of any. */
async function begin({ insist }: Driver, ids: readonly string[]): Promise<void> {
  for (const id of ids) await insist(id, { type: 'SLEEP', ms: 3_600_000 } as Message, 'sleep');
  for (const id of ids) await insist(id, { type: 'FORGET' }, 'forget');
}

describe('records that were damaged', () => {
  it.each(['in memory', 'not in memory'])(
    'somebody writes into the records of an actor that is %s: it is quarantined, left as it is, and others go on',
    async (where) => {
      await using server = await natsServer();
      await using driver = await startDriver(server.url, SYSTEM);
      await using first = await startCrew(1, { ...options, servers: server.url });
      const ids = cases.map((_, n) => `sleeper/${n}`);
      await begin(driver, [...ids, 'sleeper/well']);
      if (where === 'not in memory') await first.kill();
      for (const [n, id] of ids.entries())
        await publish(server, names.actor(id), garbage[cases[n]!]!(await last(driver.journal, id)));
      const before = await Promise.all(ids.map(async (id) => recordsOf(driver.journal, id)));
      await using crew =
        where === 'in memory' ? first : await startCrew(1, { ...options, servers: server.url });
      const found = await Promise.all(ids.map(async (id) => deliver(driver, id)));
      expect(found).toEqual(codes);
      expect(await deliver(driver, 'sleeper/well')).toBe(undefined);
      expect(quarantined(crew).toSorted()).toEqual(ids);
      const after = await Promise.all(ids.map(async (id) => recordsOf(driver.journal, id)));
      expect(after).toEqual(before);
      const [id = ''] = ids;
      await driver.journal.purge(id);
      expect(await deliver(driver, id)).toBe(undefined);
    },
  );

  it('a byte of a file of the server is changed while it rests: the actor is quarantined, not begun anew, and others go on', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, SYSTEM);
    await using first = await startCrew(1, { ...options, servers: server.url });
    const ids = Array.from({ length: 9 }, (_, n) => `sleeper/${n}`);
    await begin(driver, ids);
    await first.kill();
    const [damaged = '', ...others] = [...ids.slice(4), ...ids.slice(0, 4)];
    const before = await Promise.all(others.map(async (id) => recordsOf(driver.journal, id)));
    const record = await last(driver.journal, damaged);
    process.kill(server.pid, 'SIGTERM');
    await server.exited;
    expect(await changeByte(server.storeDir, record)).toBe(1);
    await server.restart();
    await using crew = await startCrew(1, { ...options, servers: server.url });
    expect(await deliver(driver, damaged)).toBe('CORRUPTED');
    expect(await deliver(driver, damaged)).toBe('CORRUPTED');
    expect(await Promise.all(others.map(async (id) => recordsOf(driver.journal, id)))).toEqual(before);
    for (const id of others) expect(await deliver(driver, id), id).toBe(undefined);
    expect(quarantined(crew)).toEqual([damaged]);
  });

  it('a killed server repairs a damaged file by dropping what follows: a node that knew of it says so, and lives', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, SYSTEM);
    await using crew = await startCrew(1, { ...options, servers: server.url });
    const ids = Array.from({ length: 9 }, (_, n) => `sleeper/${n}`);
    await begin(driver, ids);
    const damaged = 4;
    const record = await last(driver.journal, ids[damaged]!);
    await server.kill();
    expect(await changeByte(server.storeDir, record)).toBe(1);
    await server.restart();
    const found = await Promise.all(ids.map(async (id) => deliver(driver, id)));
    expect(found).toEqual(ids.map((_, n) => (n < damaged ? undefined : 'CORRUPTED')));
    expect(quarantined(crew).toSorted()).toEqual(ids.slice(damaged));
    expect((await storedOf<SleeperContext>(driver.journal, ids[0]!)).value).toBe('awake');
  });
});
