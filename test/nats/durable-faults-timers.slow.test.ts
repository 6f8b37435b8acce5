import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Message } from 'troupe';
import { natsServer } from '../support/server.ts';
import { storedOf } from './support/durable-load/books.ts';
import { startCrew } from './support/durable-load/crew.ts';
import { limits, startDriver, type Driver } from './support/durable-load/driver.ts';
import type { SleeperContext } from './support/durable-load/sleeper.ts';

const NODES = 2;
const SLEEPERS = 60;
/** Two thirds sleep until everything is down, the others longer; every other one is told to forget it. ms */
const SHORT = 8_000;
const LONG = 30_000;
/** A node that has just begun is busy, ms. */
const LATE = 1_000;

type Slept = SleeperContext & { readonly n: number };

const idOf = (n: number): string => `sleeper/${n}`;
const isLong = (n: number): boolean => n % 3 === 0;
const isForgotten = (n: number): boolean => n % 2 === 0;
const all = Array.from({ length: SLEEPERS }, (_, n) => n);

const sleptOf = async ({ journal }: Driver, numbers: readonly number[]): Promise<readonly Slept[]> =>
  Promise.all(
    numbers.map(async (n) => ({ n, ...(await storedOf<SleeperContext>(journal, idOf(n))).context })),
  );

async function whenWoken(
  driver: Driver,
  numbers: readonly number[],
  timeout: number,
): Promise<readonly Slept[]> {
  const start = performance.now();
  for (;;) {
    const slept = await sleptOf(driver, numbers);
    const asleep = slept.filter(({ woken }) => woken.length === 0);
    if (asleep.length === 0) return slept;
    if (performance.now() - start > timeout)
      throw new Error(`still asleep after ${timeout} ms: ${asleep.map(({ n }) => n).join(', ')}`);
    await pause(20);
  }
}

async function putToSleep({ insist }: Driver, n: number): Promise<void> {
  await insist(idOf(n), { type: 'SLEEP', ms: isLong(n) ? LONG : SHORT } as Message, `sleep ${n}`);
  if (isForgotten(n)) await insist(idOf(n), { type: 'FORGET' }, `forget ${n}`);
}

describe('timers while nodes and server are down', () => {
  it('D3: what was due meanwhile fires once on return, what is due later at its time, what was cancelled never', async () => {
    await using server = await natsServer();
    const hosting = { servers: server.url, system: 'sleep', limits, hosts: 'sleepers' } as const;
    await using driver = await startDriver(server.url, 'sleep');
    await using before = await startCrew(NODES, hosting);
    await Promise.all(all.map(async (n) => putToSleep(driver, n)));
    await before.kill();
    const slept = await sleptOf(driver, all);
    await server.kill();
    const down = Date.now();
    const pending = slept.filter(({ n, woken }) => !isForgotten(n) && woken.length === 0);
    const short = pending.filter(({ n, due }) => !isLong(n) && due[0]! > down);
    expect(short.length).toBeGreaterThan(0);
    await pause(Math.max(...short.map(({ due }) => due[0]!)) - Date.now() + 10);
    const up = Date.now();
    await server.restart();
    await using after = await startCrew(NODES, hosting);
    const woken = await whenWoken(
      driver,
      pending.map(({ n }) => n),
      LONG + 10_000,
    );
    const longs = woken.filter(({ due }) => due[0]! > up + LATE);
    const missed = woken.filter(({ due }) => due[0]! < up);
    expect([longs.length > 0, missed.length >= short.length]).toEqual([true, true]);
    for (const each of missed) expect(each.woken[0], idOf(each.n)).toBeGreaterThanOrEqual(up);
    const late = longs.map(({ due, woken: [at] }) => at! - due[0]!);
    for (const each of late) expect(Math.abs(each)).toBeLessThan(LATE);
    for (const { n, woken: times } of await sleptOf(driver, all))
      expect(times.length, idOf(n)).toBe(isForgotten(n) ? 0 : 1);
    expect(after.notices).toEqual([]);
    console.log('timers', {
      missed: missed.length,
      firedAfterReturnMs: Math.max(...missed.map(({ woken: [at] }) => at! - up)),
      later: longs.length,
      worstMs: Math.max(...late),
    });
  });
});
