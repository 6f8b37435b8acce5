import { blockOf, findEntry, type Head, type Placed } from './block.ts';
import type { FileDatabase } from './database.ts';
import type { Heads } from './heads.ts';
import { baseOf } from '../record.ts';
import { brokenChain } from '../store-errors.ts';
import type { Entry, Position } from '../store.ts';

/** Read at once, count: no read stands open while somebody awaits, for lmdb keeps all pages that it sees. */
const CHUNK = 500;
const NOTHING = new Uint8Array(0);

/** Reads records; the block that was read last is at hand, for neighbours are often in it. */
class Reader {
  readonly #log: FileDatabase['log'];
  #number = 0;
  #block: Buffer | undefined;

  constructor({ log }: FileDatabase) {
    this.#log = log;
  }

  /** undefined when that record is not there. */
  find(id: string, position: Position): Placed | undefined {
    const number = blockOf(position);
    if (number !== this.#number) {
      this.#block = this.#log.get(number);
      this.#number = number;
    }
    const found = this.#block === undefined ? undefined : findEntry(this.#block, position);
    return found?.id === id && !found.isEnd ? found : undefined;
  }

  /** The record that was just found, bytes of its own. */
  entry({ position, from, to }: Placed): Entry {
    return { position, record: Uint8Array.from(this.#block?.subarray(from, to) ?? []) };
  }
}

/** @throws TroupeError CORRUPTED when the chain is not whole */
export function load(database: FileDatabase, heads: Heads, id: string): readonly Entry[] {
  heads.catchUp();
  const head = heads.of(id);
  if (head === undefined) return [];
  const reader = new Reader(database);
  const entries: Entry[] = [];
  for (let position = head.last; ;) {
    const found = reader.find(id, position);
    if (found === undefined) throw brokenChain(id, `the record at ${position} is not there`);
    entries.push(reader.entry(found));
    if (position === head.base) break;
    if (found.before < head.base)
      throw brokenChain(id, `the last one builds on one at ${head.base}, which is not there`);
    position = found.before;
  }
  const first = entries.at(-1);
  if (first === undefined || baseOf(first.record) !== undefined)
    throw brokenChain(id, `that at ${head.base} is no snapshot`);
  return entries.reverse();
}

/**
 * The last `count` records and what the first of them builds on, oldest first, in parts. One that should be there and is not has no
 * bytes: readers say that it cannot be read, rather than take a shorter past for all of it.
 */
export function* history(
  database: FileDatabase,
  heads: Heads,
  id: string,
  count: number,
): Generator<readonly Entry[]> {
  heads.catchUp();
  const positions = kept(new Reader(database), id, heads.of(id), count);
  for (let at = 0; at < positions.length; at += CHUNK) {
    heads.catchUp();
    const reader = new Reader(database);
    const cut = heads.of(id)?.cut ?? Infinity;
    yield positions.slice(at, at + CHUNK).flatMap((position) => {
      const found = reader.find(id, position);
      if (found !== undefined) return [reader.entry(found)];
      return position < cut ? [] : [{ position, record: NOTHING }];
    });
  }
}

/** Where its records are, oldest first. */
function kept(reader: Reader, id: string, head: Head | undefined, count: number): readonly Position[] {
  const positions: Position[] = [];
  if (head === undefined) return positions;
  let first = head.cut;
  for (let position = head.last; position >= first && position > 0;) {
    const found = reader.find(id, position);
    positions.push(position);
    if (found === undefined) break;
    if (positions.length === count) first = baseOf(reader.entry(found).record) ?? position;
    position = found.before;
  }
  return positions.reverse();
}

/** In parts. */
export function* ids(database: FileDatabase, heads: Heads): Generator<readonly string[]> {
  heads.catchUp();
  const first = new Set(Array.from(heads.recent(), ([id]) => id));
  yield [...first].filter((id) => heads.of(id) !== undefined);
  for (let after: string | undefined; ;) {
    heads.catchUp();
    const range = after === undefined ? {} : { start: after, exclusiveStart: true };
    const keys = [...database.heads.getKeys({ ...range, limit: CHUNK })];
    yield keys.filter((id) => !first.has(id) && heads.of(id) !== undefined);
    if (keys.length < CHUNK) return;
    after = keys.at(-1);
  }
}
