import { aboveFloor, floorOf, numbered, numberIn, part, type FileDatabase } from './database.ts';
import { baseOf } from '../record.ts';
import { brokenChain, fenced } from '../store-errors.ts';
import type { Entry, Position } from '../store.ts';

/** Read at once, count: no read stands open while somebody awaits, for lmdb keeps all pages that it sees. */
const CHUNK = 500;
const END = Number.MAX_SAFE_INTEGER - 1;

interface Head {
  readonly last: Position;
  /** Of the last snapshot. */
  readonly base: Position;
}

function headOf({ heads }: FileDatabase, id: string): Head | undefined {
  const entry = heads.getEntry(id);
  return entry === undefined ? undefined : { last: entry.version ?? 0, base: numberIn(entry.value) };
}

/**
 * One conditional write, decided by lmdb's writer under the lock that all processes share, never by what was read before.
 * @throws TroupeError FENCED
 */
export async function append(
  database: FileDatabase,
  id: string,
  record: Uint8Array,
  expected: Position,
): Promise<Position> {
  const bytes = Buffer.from(record);
  const base = baseOf(bytes);
  const write = (position: Position): void => {
    part(database.records.put([id, position], bytes));
    part(database.heads.put(id, numbered(base ?? position), position));
  };
  const position =
    expected === 0 ? await begin(database, id, write) : await follow(database, id, expected, write);
  if (position !== undefined) return position;
  database.refresh();
  throw fenced(id, expected, headOf(database, id)?.last ?? 0);
}

type Write = (position: Position) => void;

async function follow(
  { heads }: FileDatabase,
  id: string,
  expected: Position,
  write: Write,
): Promise<Position | undefined> {
  const position = expected + 1;
  return (await heads.ifVersion(id, expected, () => write(position))) ? position : undefined;
}

/** The first record of an actor: above every position that a purged one had, or a zombie's append could fit again. */
async function begin(database: FileDatabase, id: string, write: Write): Promise<Position | undefined> {
  for (;;) {
    database.refresh();
    const floor = floorOf(database);
    let above: Promise<boolean> | undefined;
    const begun = database.heads.ifNoExists(id, () => {
      above = aboveFloor(database, floor, () => write(floor + 1));
    });
    const [isNew, isAbove] = await Promise.all([begun, above]);
    if (!isNew) return undefined;
    if (isAbove === true) return floor + 1;
  }
}

/** @throws TroupeError CORRUPTED when the chain is not whole */
export function load(database: FileDatabase, id: string): readonly Entry[] {
  database.refresh();
  const head = headOf(database, id);
  if (head === undefined) {
    if (read(database, id, 0, END, 1).length > 0)
      throw brokenChain(id, 'what says which is the last is lost');
    return [];
  }
  const entries = read(database, id, head.base, head.last);
  const [first] = entries;
  if (first === undefined || entries.length !== head.last - head.base + 1)
    throw brokenChain(
      id,
      `of the records from ${head.base} to ${head.last} only ${entries.length} are there`,
    );
  if (baseOf(first.record) !== undefined) throw brokenChain(id, `that at ${head.base} is no snapshot`);
  return entries;
}

const read = ({ records }: FileDatabase, id: string, from: Position, to: Position, limit?: number): Entry[] =>
  Array.from(
    records.getRange({ start: [id, from], end: [id, to + 1], ...(limit === undefined ? {} : { limit }) }),
    ({ key, value }): Entry => ({ position: (key as [string, number])[1], record: value }),
  );

/** Oldest first, in parts. */
export function* history(database: FileDatabase, id: string): Generator<readonly Entry[]> {
  for (let from = 0; ;) {
    database.refresh();
    const entries = read(database, id, from, END, CHUNK);
    yield entries;
    const last = entries.at(-1);
    if (last === undefined || entries.length < CHUNK) return;
    from = last.position + 1;
  }
}

/** In parts. */
export function* ids({ heads, refresh }: FileDatabase): Generator<readonly string[]> {
  for (let after: string | undefined; ;) {
    refresh();
    const range = after === undefined ? {} : { start: after, exclusiveStart: true };
    const keys = [...heads.getKeys({ ...range, limit: CHUNK })];
    yield keys;
    if (keys.length < CHUNK) return;
    after = keys.at(-1);
  }
}

/** Drop records that are older than the last `kept` and that none of those builds on. */
export async function trim(database: FileDatabase, id: string, last: Position, kept: number): Promise<void> {
  const oldest = last - kept + 1;
  const record = oldest > 0 ? database.records.get([id, oldest]) : undefined;
  if (record === undefined) return;
  const cut = baseOf(record) ?? oldest;
  await database.records.batch(() => remove(database, id, cut));
}

function remove({ records }: FileDatabase, id: string, before: Position): void {
  for (const key of [...records.getKeys({ start: [id, 0], end: [id, before] })]) part(records.remove(key));
}

/** Nothing is left of the records, and no position comes twice. */
export async function forget(database: FileDatabase, id: string): Promise<void> {
  for (;;) {
    database.refresh();
    const head = headOf(database, id);
    if (head === undefined) return;
    const floor = floorOf(database);
    let above: Promise<boolean> | undefined;
    const same = database.heads.ifVersion(id, head.last, () => {
      above = aboveFloor(
        database,
        floor,
        () => {
          part(database.heads.remove(id));
          remove(database, id, head.last + 1);
        },
        head.last,
      );
    });
    const [isSame, isAbove] = await Promise.all([same, above]);
    if (isSame && isAbove === true) return;
  }
}
