import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { natsServer } from '../support/server.ts';
import { alarmOf, type AlarmRecord } from './support/durable/alarms.ts';
import { nameOf } from './support/durable/run.ts';
import { limits, survive, type Survivor } from './support/durable/survivor.ts';
import { Reserve, type Victim } from './support/durable/victims.ts';

const SOON = 600;
const LATE = 5_000;
/** From when a node hosts again until what was due is stored, ms; on a busy machine. */
const AT_ONCE = 2_000;
const TOLERANCE = 250;

let server: Server;
let reserve: Reserve;

beforeEach(async () => {
  server = await natsServer();
  reserve = new Reserve(2);
});

afterEach(async () => {
  await reserve[Symbol.asyncDispose]();
  await server.stop();
});

/** A process that hosts alarms. */
async function hosting(system: string, seed: number): Promise<Victim> {
  const victim = reserve.take();
  const cut = { at: 0, how: 'kill' } as const;
  await victim.start({ url: server.url, system, node: 'host', seed, limits, cut });
  await victim.tell({ do: 'host' });
  return victim;
}

const set = async ({ insist }: Survivor, key: string, delay: number): Promise<void> =>
  insist(`alarm/${key}`, { type: 'SET', delay } as never, `set ${key}`);

const passed = async (moment: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - Date.now())));

it('timers run out once and at their time, whatever was down meanwhile (D3)', async () => {
  const name = nameOf('timers');
  let first: AlarmRecord;
  {
    await using before = await survive(server.url, name, 1);
    await using host = await hosting(name, 2);
    await set(before, 'due', SOON);
    await set(before, 'cancelled', SOON);
    await set(before, 'late', LATE);
    await before.insist('alarm/cancelled', { type: 'CANCEL' }, 'cancel');
    await host.signal('SIGKILL');
    first = await alarmOf(before.journal, 'due');
  }
  expect(first).toMatchObject({ value: 'set', rang: 0 });
  // Every node is down when it is due.
  await passed(first.set + SOON);

  await using after = await survive(server.url, name, 3);
  const back = Date.now();
  await using second = await hosting(name, 4);
  const record = async (key: string): Promise<AlarmRecord> => alarmOf(after.journal, key);
  await expect.poll(async () => (await record('due')).rang, { timeout: 10_000, interval: 10 }).toBe(1);
  const due = await record('due');
  expect(due.rings).toHaveLength(1);
  expect(due.rings[0]! - back).toBeLessThan(AT_ONCE);
  await expect.poll(async () => (await record('late')).rang, { timeout: 10_000, interval: 10 }).toBe(1);
  const late = await record('late');
  expect(Math.abs(late.rings[0]! - late.set - LATE)).toBeLessThan(TOLERANCE);

  // Nothing of it rings again with the next crash, and what was cancelled never did.
  await second.signal('SIGKILL');
  await using third = await hosting(name, 5);
  await set(after, 'last', 1);
  await expect.poll(async () => (await record('last')).rang, { timeout: 10_000, interval: 10 }).toBe(1);
  await third.signal('SIGKILL');
  expect(await record('due')).toEqual(due);
  expect(await record('late')).toEqual(late);
  expect(await record('cancelled')).toMatchObject({ value: 'cancelled', rang: 0, rings: [] });
});
