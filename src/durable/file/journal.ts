import type { Claim } from './claim.ts';
import type { FileDatabase } from './database.ts';
import { storeError } from './errors.ts';
import { history, ids, load } from './records.ts';
import type { Terms } from './writer.ts';
import { forgetWake, unwake, wake, wakesOf } from './wakes.ts';
import { createWatch, type Watch } from '../cell/overdue.ts';
import { storeClosed, tooLarge } from '../store-errors.ts';
import type { Journal, StoreOptions } from '../store.ts';

export interface JournalSettings {
  /** How the store is called in errors. */
  readonly name: string;
  /** Largest record, bytes. */
  readonly limit: number;
  /** Is a write done only when the disk has it? */
  readonly isFlushed: boolean;
}

/** The journal over one system's database. */
export function createJournal(
  claimed: Claim,
  settings: JournalSettings,
  { clock, timeout, history: kept }: StoreOptions,
): Journal {
  const { database, heads, writer } = claimed;
  const { name, limit } = settings;
  const gate = createGate(claimed, settings, createWatch(clock, timeout, name));
  const terms: Terms = {
    kept,
    explain: async (error, id) => storeError(error, name, `append to "${id}"`),
  };
  return {
    limit,
    append: async (id, record, expected) => {
      if (record.length > limit) throw tooLarge(id, record.length, limit);
      gate.check();
      return gate.written(writer.append(id, record, expected, terms), `append to "${id}"`);
    },
    load: async (id) =>
      gate.run(async () => again(database, () => load(database, heads, id)), `load "${id}"`),
    history: (id) => gate.parts(history(database, heads, id, kept), `read the history of "${id}"`),
    ids: () => gate.parts(ids(database, heads), 'list its actors'),
    async purge(id) {
      const forgetting = async (): Promise<unknown> =>
        Promise.all([writer.purge(id), forgetWake(database, id)]);
      await gate.write(forgetting, `purge "${id}"`);
    },
    async wake(id, shard, at) {
      const position = claimed.nextWake();
      await gate.write(async () => wake(database, id, shard, at, position), `store the wake of "${id}"`);
      return position;
    },
    unwake: async (id, shard, position) =>
      gate.write(async () => unwake(database, id, shard, position), `forget the wake of "${id}"`),
    wakes: (shards) => gate.parts(wakesOf(database, shards), 'read its wakes'),
    close: async () => gate.close(),
  };
}

async function again<T>(database: FileDatabase, read: () => T): Promise<T> {
  try {
    return read();
  } catch (error) {
    if (!database.isSpoilt(error)) throw error;
    await database.renew();
    return read();
  }
}

/** What every operation passes: refused when the journal is closed, over in time, with errors of the family. */
function createGate({ database, release }: Claim, { name, isFlushed }: JournalSettings, watch: Watch) {
  let closing: Promise<void> | undefined;
  const check = (): void => {
    if (closing !== undefined) throw storeClosed(name);
  };
  const flushed = async <T>(result: T): Promise<T> => {
    await database.flushed();
    return result;
  };
  const run = async <T>(operation: () => T | Promise<T>, doing: string): Promise<T> => {
    check();
    const settled = (async () => {
      try {
        return await operation();
      } catch (error) {
        throw await storeError(error, name, doing);
      }
    })();
    return watch.within(settled, doing);
  };
  return {
    run,
    check,
    write: async <T>(operation: () => Promise<T>, doing: string): Promise<T> =>
      run(async () => (isFlushed ? operation().then(flushed) : operation()), doing),
    /** The shortest way: of an operation that has begun and explains its errors itself. */
    written: async <T>(operation: Promise<T>, doing: string): Promise<T> =>
      watch.within(isFlushed ? operation.then(flushed) : operation, doing),
    /** Each part is read when the one before it was taken. */
    async *parts<T>(all: Iterator<readonly T[]>, doing: string): AsyncGenerator<T> {
      for (;;) {
        const part = await run(() => all.next(), doing);
        if (part.done === true) return;
        yield* part.value;
      }
    },
    close: async (): Promise<void> => (closing ??= watch.idle().then(async () => leave(release(), watch))),
  };
}

/** After a failed commit lmdb never says that it has closed; nothing is lost by not waiting for it. */
const leave = async (released: Promise<void>, watch: Watch): Promise<void> =>
  watch.within(released, 'close').catch(() => undefined);
