import type { Database, Key, RootDatabase, RootDatabaseOptionsWithPath } from 'lmdb';

/** The tables of one system's database, and what may be read of them at once. */
export interface FileDatabase {
  readonly folder: string;
  /** `[id, position]`: one record. Positions of one actor follow each other without a gap. */
  readonly records: Database<Buffer>;
  /** `id`: position of the actor's last snapshot; version: position of its last record. What appends are fenced by. */
  readonly heads: Database<Buffer, string>;
  /** `[shard, id]`: when, ms since the epoch; version: the wake's own number. */
  readonly wakes: Database<Buffer>;
  /** `id`: the shard under which it last was in `wakes`. */
  readonly homes: Database<Buffer, string>;
  /** `store`: what the database was made for; the other keys are counters, and the version is the count. */
  readonly meta: Database<Buffer, string>;
  /** From here on, read what any process has committed; what is read until the next `await` is of one moment. */
  readonly refresh: () => void;
  /** The same read again, should it fail because an earlier one of the moment had met a damaged page. */
  readonly again: <T>(read: () => T) => Promise<T>;
  /** All that was committed is on the disk. */
  readonly flushed: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const FLOOR = 'floor';
const EPOCH = 'epoch';
const FRESH = 'fresh';
const EMPTY = Buffer.alloc(0);

/** Numbers stand in values as float64, big endian: exact for every safe integer. */
export function numbered(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

/** The number in a value; NaN when it is none. */
export const numberIn = (value: Buffer): number => (value.length === 8 ? value.readDoubleBE(0) : Number.NaN);

/** `txnStartThreshold` is documented, but missing in lmdb's types. */
const settings = (path: string): RootDatabaseOptionsWithPath & { readonly txnStartThreshold: number } => ({
  path,
  noSubdir: false,
  maxDbs: 5,
  encoding: 'binary',
  // Each write stands for itself. Otherwise lmdb's writer, holding the lock of all processes, waits for the end of the turn of the event
  // loop, and a `process.exit` in it never ends.
  eventTurnBatching: false,
  // Begin to write when the turn is over, not at the fifth write: fewer transactions, and 40 % less goes to the disk.
  txnStartThreshold: 1_000_000,
});

/** @throws what lmdb or the file system throw */
export async function openDatabase(folder: string): Promise<FileDatabase> {
  const { open } = await import('lmdb');
  const root: RootDatabase<Buffer> = open(settings(folder));
  const table = <K extends Key>(name: string, useVersions: boolean): Database<Buffer, K> =>
    root.openDB<Buffer, K>({ name, encoding: 'binary', useVersions });
  const meta = table<string>('meta', true);
  await Promise.all(
    [FLOOR, EPOCH].map(async (name) => meta.ifNoExists(name, () => part(meta.put(name, EMPTY, 0)))),
  );
  let closing: Promise<void> | undefined;
  return {
    folder,
    records: table('records', false),
    heads: table('heads', true),
    wakes: table('wakes', true),
    homes: table('homes', false),
    meta,
    refresh: () => root.resetReadTxn(),
    again: async (read) => {
      try {
        return read();
      } catch (error) {
        if (!/MDB_BAD_TXN/.test(String(error))) throw error;
        // lmdb reads on in the transaction that failed until something is committed.
        await meta.put(FRESH, EMPTY, 0);
        root.resetReadTxn();
        return read();
      }
    },
    flushed: async () => root.flushed,
    close: async () => (closing ??= root.close()),
  };
}

/**
 * A write inside another one, whose outcome is that of the outer one: every promise of lmdb that nobody waits for would end the process when
 * the disk is full.
 */
export function part(write: Promise<unknown>): void {
  write.catch(() => undefined);
}

/** No position up to this one is given to a new actor: some purged actor had it. */
export const floorOf = ({ meta }: FileDatabase): number => meta.getEntry(FLOOR)?.version ?? 0;

/** Do the writes of `action` if the floor still is `floor`; and raise it. */
export const aboveFloor = async (
  { meta }: FileDatabase,
  floor: number,
  action: () => void,
  raised = floor,
): Promise<boolean> =>
  meta.ifVersion(FLOOR, floor, () => {
    action();
    if (raised > floor) part(meta.put(FLOOR, EMPTY, raised));
  });

/** A number that no other opening of the database was or will be given, in whatever process. */
export async function nextEpoch({ meta, refresh }: FileDatabase): Promise<number> {
  for (;;) {
    refresh();
    const last = meta.getEntry(EPOCH)?.version ?? 0;
    if (await meta.put(EPOCH, EMPTY, last + 1, last)) return last + 1;
  }
}
