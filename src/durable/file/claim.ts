import { nextEpoch, openDatabase, type FileDatabase } from './database.ts';
import { Heads } from './heads.ts';
import { Sweeper } from './sweeper.ts';
import { Writer } from './writer.ts';
import type { Logger } from '../../ports.ts';
import type { Position } from '../store.ts';

/** A database, and the right to use it until it is released. */
export interface Claim {
  readonly database: FileDatabase;
  readonly heads: Heads;
  readonly writer: Writer;
  /** A number no wake has had. */
  readonly nextWake: () => Position;
  readonly release: () => Promise<void>;
}

type Opened = Omit<Claim, 'release'> & { readonly sweeper: Sweeper };

interface Shared {
  users: number;
  readonly opened: Promise<Opened>;
}

/** Wakes and groups of appends that one opening may number. */
const NUMBERS = 2 ** 32;

/**
 * The databases this process has open, by folder. Of the process, not of a store: two stores may be made of one path, and a process that
 * opens an LMDB environment twice waits for itself.
 */
const databases = new Map<string, Shared>();

/** @param check is awaited before the database is opened, if it is not open */
export async function claim(
  folder: string,
  check: (folder: string) => Promise<void>,
  log: Logger,
): Promise<Claim> {
  const shared: Shared = databases.get(folder) ?? { users: 0, opened: start(folder, check, log) };
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

async function start(folder: string, check: (folder: string) => Promise<void>, log: Logger): Promise<Opened> {
  await check(folder);
  const database = await openDatabase(folder);
  try {
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
    return { database, heads, writer, sweeper, nextWake: next };
  } catch (error) {
    // Not waited for: after a failed commit lmdb never says that it has closed.
    void database.close();
    throw error;
  }
}

async function release(folder: string, shared: Shared, { database, heads, sweeper }: Opened): Promise<void> {
  if (--shared.users > 0) return;
  databases.delete(folder);
  heads.stop();
  sweeper.stop();
  await database.close();
}
