import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { askOthers, openDoor, type Door } from './door.ts';
import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';

/** A database of its own, in which nothing is ever written: its lock is wanted, which ends with the process that has it. */
const GATE = 'gate';

/**
 * Open a database that other processes may have open, while none of them writes.
 *
 * LMDB as it is in lmdb 3.5.6 (`mdb_env_open2`) ends the opening of a database by setting the number of the last transaction, which all processes
 * share, to what it had read from the file a moment before. If another process has committed meanwhile, the next transaction is built on
 * an older one than the last: a commit is lost, or LMDB ends the process (`mp->mp_pgno != pgno`). So:
 *
 * - E1 processes enter one by one (the lock of the gate);
 * - E2 who enters can be asked from then on (door.ts), and asks all who have entered before; one of them takes the database's lock, without
 *   which nobody writes;
 * - E3 that lock is given back as soon as the database is open, or when whoever wanted it has ended.
 * Processes of one machine wait for each other here, and the stores of one process as well: what holds a lock of lmdb has one of libuv's threads.
 * @param open calls `passed` as soon as the database's own part of opening is over
 * @throws TroupeError STORE_UNAVAILABLE when none of those that have it open answers in time
 */
export async function enter<T>(
  folder: string,
  patience: Patience,
  open: (passed: () => void) => T,
): Promise<Entered<T>> {
  const entered = turn.then(async () => enterNow(folder, patience, open));
  turn = entered.catch(() => undefined);
  return entered;
}

export interface Entered<T> {
  readonly opened: T;
  readonly door: Door;
}

interface Patience {
  readonly clock: Clock;
  readonly timeout: number;
}

let turn: Promise<unknown> = Promise.resolve();

async function enterNow<T>(
  folder: string,
  { clock, timeout }: Patience,
  open: (passed: () => void) => T,
): Promise<Entered<T>> {
  const lmdb = await import('lmdb');
  await mkdir(join(folder, GATE), { recursive: true });
  const gate = lmdb.open({ path: join(folder, GATE), noSubdir: false, eventTurnBatching: false });
  try {
    return await gate.transaction(async () => {
      const door = await openDoor(folder);
      try {
        const others = askOthers(folder, door.name);
        try {
          if (!(await isIn(clock, timeout, others.held))) throw silent(folder, timeout);
          return { opened: open(() => others.release()), door };
        } finally {
          others.release();
        }
      } catch (error) {
        door.close();
        throw error;
      }
    });
  } finally {
    await gate.close();
  }
}

/** Waits. @returns whether it came about within `ms` */
export async function isIn(clock: Clock, ms: number, event: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => resolve(false), ms, true);
    event.then(() => resolve(true), reject).finally(() => clock.clearTimeout(timer));
  });
}

const silent = (folder: string, patience: number): TroupeError =>
  new TroupeError(
    'STORE_UNAVAILABLE',
    `Another process uses the folder ${folder} and has not answered for ${patience} ms. Nothing was opened: try again, or end that process.`,
    { retryable: true },
  );
