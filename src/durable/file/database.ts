import type { Database, Key, RootDatabase, RootDatabaseOptionsWithPath } from 'lmdb';
import { TroupeError } from '../../errors.ts';

/** The tables of one system's database, and what may be read of them at once. */
export interface FileDatabase {
  readonly folder: string;
  /** Block number: records of many actors (block.ts). Written one after the other, so that records share pages. */
  readonly log: Database<Buffer, number>;
  /** `id`: the head of an actor, as of block `merged` (heads.ts). */
  readonly heads: Database<Buffer, string>;
  /** `[shard, id]`: when, ms since the epoch; version: the wake's own number. */
  readonly wakes: Database<Buffer>;
  /** `id`: the shard under which it last was in `wakes`. */
  readonly homes: Database<Buffer, string>;
  /** `store`: what the database was made for; the other keys are counters, and the version is the count. */
  readonly meta: Database<Buffer, string>;
  /** From here on, read what any process has committed; what is read until the next `await` is of one moment. */
  readonly refresh: () => void;
  /** Did a read fail only because an earlier one of the moment had met a damaged page? */
  readonly isSpoilt: (error: unknown) => boolean;
  /** From here on, that does not matter: lmdb reads on in the transaction that failed until something is committed. */
  readonly renew: () => Promise<void>;
  /** All that was committed is on the disk. */
  readonly flushed: () => Promise<unknown>;
}

/**
 * The end of the log; version: the stamp of the group that was stored last, which no other has. A group is stored if nobody has stored another
 * since the end was looked at.
 */
export const TAIL = 'tail';
/** The last block whose heads are in their table. */
export const MERGED = 'merged';
/** How often old blocks were swept; the value: bytes that the log had after that. */
export const SWEPT = 'swept';
const EPOCH = 'epoch';
export const PURPOSE = 'store';
/** Of what is in the tables. Format 1 kept each record under a key of its own. */
export const FORMAT = 2;
const FORMER = /^{"format":1[,}]/;
const FRESH = 'fresh';
const EMPTY = Buffer.alloc(0);

/** Numbers stand in values as float64, big endian: exact for every safe integer. */
export function numbered(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

interface Tail {
  /** Number of the last block. */
  readonly last: number;
  /** Bytes of all blocks, of those that are gone as well. */
  readonly written: number;
}

export const encodeTail = ({ last, written }: Tail): Buffer =>
  Buffer.concat([numbered(last), numbered(written)]);

export const decodeTail = (value: Buffer): Tail =>
  value.length === 0
    ? { last: 0, written: 0 }
    : { last: numberIn(value.subarray(0, 8)), written: numberIn(value.subarray(8)) };

/** The number in a value; NaN when it is none. */
export const numberIn = (value: Buffer): number => (value.length === 8 ? value.readDoubleBE(0) : Number.NaN);

/**
 * How lmdb opens a store; `txnStartThreshold` is documented, but missing in its types.
 * @param passed is called when LMDB has opened the files, before anything else is done (entrance.ts)
 */
export const settingsOf = (
  path: string,
  passed: () => void,
): RootDatabaseOptionsWithPath & { readonly txnStartThreshold: number } => ({
  path,
  keyEncoder: toldBy(passed),
  noSubdir: false,
  maxDbs: 5,
  encoding: 'binary',
  // Each write stands for itself. Otherwise lmdb's writer, holding the lock of all processes, waits for the end of the turn of the event
  // loop, and a `process.exit` in it never ends.
  eventTurnBatching: false,
  // Begin to write when the turn is over, not at the fifth write: fewer transactions, and 40 % less goes to the disk.
  txnStartThreshold: 1_000_000,
});

/**
 * `open` of lmdb opens the files and then waits for the database's lock, in one call: whoever has that lock for our sake has to hear in
 * between that it is not needed any more. There lmdb looks at how keys are encoded, in the table of tables, of which we use no keys. Should it ever look
 * elsewhere, the lock is given back late (claim.ts), and no harm is done.
 */
const toldBy = (passed: () => void) => ({
  get enableNullTermination(): undefined {
    passed();
    return undefined;
  },
  writeKey: (): number => 0,
  readKey: (): undefined => undefined,
});

/** @throws what lmdb or the file system throw */
export async function openDatabase(folder: string, root: RootDatabase<Buffer>): Promise<FileDatabase> {
  const table = <K extends Key>(name: string, useVersions: boolean): Database<Buffer, K> =>
    root.openDB<Buffer, K>({ name, encoding: 'binary', useVersions });
  const meta = table<string>('meta', true);
  const purpose = meta.get(PURPOSE)?.toString();
  if (purpose !== undefined && FORMER.test(purpose)) {
    throw formerFormat(folder);
  }
  await Promise.all(
    [TAIL, MERGED, SWEPT, EPOCH].map(async (name) =>
      meta.ifNoExists(name, () => part(meta.put(name, EMPTY, 0))),
    ),
  );
  return {
    folder,
    log: table('log', false),
    heads: table('heads', false),
    wakes: table('wakes', true),
    homes: table('homes', false),
    meta,
    refresh: () => root.resetReadTxn(),
    isSpoilt: (error) => /MDB_BAD_TXN/.test(String(error)),
    renew: async () => {
      await meta.put(FRESH, EMPTY, 0);
      root.resetReadTxn();
    },
    flushed: async () => root.flushed,
  };
}

const formerFormat = (folder: string): TroupeError =>
  new TroupeError(
    'STORE_MISMATCH',
    `The folder ${folder} was written by an unreleased version of Troupe (format 1, this one writes ${FORMAT}) and was left as it is: use another folder, or remove this one.`,
    { data: { setting: 'format', there: 1, wanted: FORMAT } },
  );

/**
 * A write inside another one, whose outcome is that of the outer one: every promise of lmdb that nobody waits for would end the process when
 * the disk is full.
 */
export function part(write: Promise<unknown>): void {
  write.catch(() => undefined);
}

/** A number that no other opening of the database was or will be given, in whatever process. */
export async function nextEpoch({ meta, refresh }: FileDatabase): Promise<number> {
  for (;;) {
    refresh();
    const last = meta.getEntry(EPOCH)?.version ?? 0;
    if (await meta.put(EPOCH, EMPTY, last + 1, last)) return last + 1;
  }
}
