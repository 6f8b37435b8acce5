import type { FileDatabase } from './database.ts';
import { storeError } from './errors.ts';
import { append, forget, history, ids, load, trim } from './records.ts';
import { forgetWake, unwake, wake, wakesOf } from './wakes.ts';
import { createWatch, type Watch } from '../cell/overdue.ts';
import { storeClosed, tooLarge } from '../store-errors.ts';
import type { Journal, Position, StoreOptions } from '../store.ts';

export interface JournalSettings {
  /** How the store is called in errors. */
  readonly name: string;
  /** Largest record, bytes. */
  readonly limit: number;
  /** Is a write done only when the disk has it? */
  readonly isFlushed: boolean;
  /** Numbers the wakes of this opening: no other one gives the same. */
  readonly nextWake: () => Position;
  /** Leave the database to others that have it open. */
  readonly release: () => Promise<void>;
}

/** The journal over one system's database. */
export function createJournal(
  database: FileDatabase,
  settings: JournalSettings,
  { clock, timeout, log, history: kept }: StoreOptions,
): Journal {
  const { name, limit } = settings;
  const gate = createGate(database, settings, createWatch(clock, timeout, name));
  const pace = Math.max(1, Math.ceil(kept / 8));

  const tidy = async (id: string, last: Position): Promise<void> =>
    gate
      .run(async () => trim(database, id, last, kept), `drop old records of "${id}"`)
      .catch((error: unknown) => log.warn('Old records were not dropped', { store: name, id, error }));
  return {
    limit,
    async append(id, record, expected) {
      if (record.length > limit) throw tooLarge(id, record.length, limit);
      const last = await gate.write(async () => append(database, id, record, expected), `append to "${id}"`);
      if (last % pace === 0) void tidy(id, last);
      return last;
    },
    load: async (id) => gate.run(async () => database.again(() => load(database, id)), `load "${id}"`),
    history: (id) => gate.parts(history(database, id), `read the history of "${id}"`),
    ids: () => gate.parts(ids(database), 'list its actors'),
    async purge(id) {
      const forgetting = async (): Promise<unknown> =>
        Promise.all([forget(database, id), forgetWake(database, id)]);
      await gate.write(forgetting, `purge "${id}"`);
    },
    async wake(id, shard, at) {
      const position = settings.nextWake();
      await gate.write(async () => wake(database, id, shard, at, position), `store the wake of "${id}"`);
      return position;
    },
    unwake: async (id, shard, position) =>
      gate.write(async () => unwake(database, id, shard, position), `forget the wake of "${id}"`),
    wakes: (shards) => gate.parts(wakesOf(database, shards), 'read its wakes'),
    close: async () => gate.close(),
  };
}

/** What every operation passes: refused when the journal is closed, over in time, with errors of the family. */
function createGate(database: FileDatabase, { name, isFlushed, release }: JournalSettings, watch: Watch) {
  let closing: Promise<void> | undefined;
  const run = async <T>(operation: () => T | Promise<T>, doing: string): Promise<T> => {
    if (closing !== undefined) throw storeClosed(name);
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
    write: async <T>(operation: () => Promise<T>, doing: string): Promise<T> =>
      run(async () => {
        const result = await operation();
        if (isFlushed) await database.flushed();
        return result;
      }, doing),
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
