import type { RootDatabase } from 'lmdb';
import { nextEpoch, openDatabase, settingsOf, type FileDatabase } from './database.ts';
import type { Door } from './door.ts';
import { enter, isIn } from './entrance.ts';
import { Heads } from './heads.ts';
import { Sweeper } from './sweeper.ts';
import { Writer } from './writer.ts';
import type { Clock } from '../../ports.ts';
import type { Position, StoreOptions } from '../store.ts';

/** A database, and the right to use it until it is released. */
export interface Claim {
  readonly database: FileDatabase;
  readonly heads: Heads;
  readonly writer: Writer;
  /** A number no wake has had. */
  readonly nextWake: () => Position;
  readonly release: () => Promise<void>;
}

type Opened = Omit<Claim, 'release'> & { readonly sweeper: Sweeper; readonly close: () => Promise<void> };

type Surroundings = Pick<StoreOptions, 'log' | 'clock' | 'timeout'>;

interface Shared {
  users: number;
  readonly opened: Promise<Opened>;
}

/** Wakes and groups of appends that one opening may number. */
const NUMBERS = 2 ** 32;
/** Nobody writes for so long at most for the sake of one that opens the database, ms. */
const HOLD = 2_000;

/**
 * The databases this process has open, by folder. Of the process, not of a store: two stores may be made of one path, and a process that
 * opens an LMDB environment twice waits for itself.
 */
const databases = new Map<string, Shared>();

/** @param check is awaited before the database is opened, if it is not open */
export async function claim(
  folder: string,
  check: (folder: string) => Promise<void>,
  options: Surroundings,
): Promise<Claim> {
  const shared: Shared = databases.get(folder) ?? { users: 0, opened: start(folder, check, options) };
  databases.set(folder, shared);
  shared.users++;
  try {
    const opened = await shared.opened;
    let releasing: Promise<void> | undefined;
    return { ...opened, release: async () => (releasing ??= release(folder, shared, opened)) };
  } catch (error) {
    if (databases.get(folder) === shared) databases.delete(folder);
    throw error;
  }
}

async function start(
  folder: string,
  check: (folder: string) => Promise<void>,
  { log, clock, timeout }: Surroundings,
): Promise<Opened> {
  await check(folder);
  const { open } = await import('lmdb');
  const { opened: root, door } = await enter(folder, { clock, timeout }, (passed) =>
    open<Buffer>(settingsOf(folder, passed)),
  );
  const close = async (): Promise<void> => closeBoth(root, door, clock);
  door.attend(async (held, until) => root.transaction(async () => stand(clock, held, until)));
  try {
    const database = await openDatabase(folder, root);
    let number = (await nextEpoch(database)) * NUMBERS;
    const next = (): number => ++number;
    const heads = new Heads(database);
    const sweeper = new Sweeper(database, heads, (error) =>
      log.warn('Old records were not dropped', { folder, error }),
    );
    const writer = new Writer(database, heads, next, () => {
      heads.merge();
      sweeper.written(heads.written);
    });
    heads.catchUp();
    return { database, heads, writer, sweeper, close, nextWake: next };
  } catch (error) {
    // Not waited for: after a failed commit lmdb never says that it has closed.
    close().catch(() => undefined);
    throw error;
  }
}

/** Until whoever asked for it has what it wanted, or has ended, or takes too long. */
async function stand(clock: Clock, held: () => void, until: Promise<void>): Promise<void> {
  held();
  await isIn(clock, HOLD, until);
}

/** As long as it may write it can be asked; one that never says that it has closed does not write any more. */
async function closeBoth(root: RootDatabase, door: Door, clock: Clock): Promise<void> {
  const closed = root.close();
  await isIn(clock, HOLD, closed).catch(() => false);
  door.close();
  await closed;
}

async function release(folder: string, shared: Shared, { heads, sweeper, close }: Opened): Promise<void> {
  if (--shared.users > 0) return;
  databases.delete(folder);
  heads.stop();
  sweeper.stop();
  await close();
}
