import { nextEpoch, openDatabase, type FileDatabase } from './database.ts';
import type { Position } from '../store.ts';

/** A database, and the right to use it until it is released. */
export interface Claim {
  readonly database: FileDatabase;
  /** A number no wake has had. */
  readonly nextWake: () => Position;
  readonly release: () => Promise<void>;
}

interface Shared {
  users: number;
  readonly opened: Promise<Omit<Claim, 'release'>>;
}

/** Wakes that one opening may number. */
const WAKES = 2 ** 32;

/**
 * The databases this process has open, by folder. Of the process, not of a store: two stores may be made of one path, and a process that
 * opens an LMDB environment twice waits for itself.
 */
const databases = new Map<string, Shared>();

/** @param check is awaited before the database is opened, if it is not open */
export async function claim(folder: string, check: (folder: string) => Promise<void>): Promise<Claim> {
  const shared: Shared = databases.get(folder) ?? { users: 0, opened: start(folder, check) };
  databases.set(folder, shared);
  shared.users++;
  try {
    const { database, nextWake } = await shared.opened;
    let releasing: Promise<void> | undefined;
    return { database, nextWake, release: async () => (releasing ??= release(folder, shared, database)) };
  } catch (error) {
    if (databases.get(folder) === shared) databases.delete(folder);
    throw error;
  }
}

async function start(
  folder: string,
  check: (folder: string) => Promise<void>,
): Promise<Omit<Claim, 'release'>> {
  await check(folder);
  const database = await openDatabase(folder);
  try {
    let number = (await nextEpoch(database)) * WAKES;
    return { database, nextWake: () => ++number };
  } catch (error) {
    // Not waited for: after a failed commit lmdb never says that it has closed.
    void database.close();
    throw error;
  }
}

async function release(folder: string, shared: Shared, database: FileDatabase): Promise<void> {
  if (--shared.users > 0) return;
  databases.delete(folder);
  await database.close();
}
