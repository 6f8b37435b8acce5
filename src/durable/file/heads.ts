import { TroupeError } from '../../errors.ts';
import { decodeHead, encodeHead, entriesIn, headAfter, type Head } from './block.ts';
import { decodeTail, MERGED, part, TAIL, type FileDatabase } from './database.ts';
import { baseOf } from '../record.ts';
import type { Position } from '../store.ts';

/** Bytes of blocks that are read at most when the database is opened; then the heads in them are merged into their table. */
const MERGE = 1024 * 1024;
/** What is counted at most: what fits in its place (block.ts). */
const MOST = 2 ** 32 - 1;

/**
 * Job: the last record of every actor, for this process. Not its job: who may append (writer.ts).
 *
 * - H1 the log is the truth: the head of an actor is in its last entry;
 * - H2 the table `heads` has it as of block `merged`; of the blocks after that it is kept here, read from the log like by everybody else;
 * - H3 what is here is of block `seen`, which is never before `merged` as of the last look: blocks up to `merged` may be swept.
 */
export class Heads {
  readonly #database: FileDatabase;
  #recent = new Map<string, Head>();
  /** Those that are being merged. */
  #merging = new Map<string, Head>();
  #isMerging = false;
  #isOver = false;
  #unmerged = 0;
  #seen = 0;
  #merged = 0;
  #written = 0;
  #stamp = 0;

  constructor(database: FileDatabase) {
    this.#database = database;
  }

  /** The last block that is known here. */
  get seen(): number {
    return this.#seen;
  }

  /** Bytes of all blocks up to that one, whether they are still there or not. */
  get written(): number {
    return this.#written;
  }

  /** Of the group that this one was stored with: no other has it. */
  get stamp(): number {
    return this.#stamp;
  }

  /** The last one that is in the table, as of the last look. */
  get merged(): number {
    return this.#merged;
  }

  /** undefined: it has none, or was purged. */
  of(id: string): Head | undefined {
    const head = this.#recent.get(id) ?? this.#merging.get(id);
    if (head !== undefined) return head.last === 0 ? undefined : head;
    const stored = this.#database.heads.getBinaryFast(id);
    return stored === undefined ? undefined : decodeHead(stored, id);
  }

  /** Those that are not in the table yet, or not as they are. */
  *recent(): Iterable<readonly [string, Head]> {
    yield* this.#merging;
    yield* this.#recent;
  }

  /**
   * Learn what other processes have committed. What is read until the next `await` is of the same moment.
   * @throws TroupeError CORRUPTED
   */
  catchUp(): void {
    const { refresh, meta, log } = this.#database;
    refresh();
    const entry = meta.getEntry(TAIL);
    if (entry === undefined || entry.version === this.#stamp) return;
    const { last: tail, written } = decodeTail(entry.value);
    this.#merged = meta.getEntry(MERGED)?.version ?? 0;
    if (this.#merged > this.#seen || this.#unmerged > 4 * MERGE) {
      this.#recent.clear();
      this.#merging.clear();
      this.#unmerged = 0;
      this.#seen = this.#merged;
    }
    while (this.#seen < tail) {
      const number = this.#seen + 1;
      const block = log.get(number);
      if (block === undefined) throw lost(number);
      for (const placed of entriesIn(block, number)) this.#recent.set(placed.id, headAfter(block, placed));
      this.#unmerged += block.length;
      this.#seen = number;
    }
    // Last: what could not be read is read again the next time.
    [this.#stamp, this.#written] = [entry.version ?? 0, written];
  }

  /** Blocks of this process are stored. */
  advance(last: number, stamp: number, heads: Iterable<readonly [string, Head]>, bytes: number): void {
    if (last <= this.#seen) return;
    this.#stamp = stamp;
    for (const [id, head] of heads) this.#recent.set(id, head);
    this.#unmerged += bytes;
    this.#written += bytes;
    this.#seen = last;
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Bring the table up to date if it is time; until then nothing of it is needed. */
  merge(): void {
    if (this.#isMerging || this.#isOver || this.#unmerged < MERGE) return;
    this.#isMerging = true;
    void this.#merge().finally(() => (this.#isMerging = false));
  }

  async #merge(): Promise<void> {
    const { meta, heads } = this.#database;
    const [upTo, from, bytes] = [this.#seen, this.#merged, this.#unmerged];
    const merging = this.#recent;
    this.#merging = merging;
    this.#recent = new Map();
    this.#unmerged = 0;
    const write = (): void => {
      for (const [id, head] of merging)
        part(head.last === 0 ? heads.remove(id) : heads.put(id, encodeHead(head)));
      part(meta.put(MERGED, Buffer.alloc(0), upTo));
    };
    const isDone = await meta.ifVersion(MERGED, from, write).catch(() => false);
    if (this.#isOver) return;
    // From here on the table is read as it now is.
    this.#database.refresh();
    // Forgotten meanwhile: what was read again is newer.
    if (this.#merging !== merging || this.#merged > upTo) return;
    if (isDone) this.#merged = upTo;
    else this.#keep(merging, bytes);
    this.#merging = new Map();
  }

  /** Another process has merged, or the disk is full. */
  #keep(merging: ReadonlyMap<string, Head>, bytes: number): void {
    this.#recent = new Map([...merging, ...this.#recent]);
    this.#unmerged += bytes;
    this.#merged = this.#database.meta.getEntry(MERGED)?.version ?? 0;
  }
}

/** The head of an actor after its next record. @param kept how many records of it are needed, at least */
export function nextHead(head: Head | undefined, last: Position, record: Uint8Array, kept: number): Head {
  const base = soundBase(baseOf(record), last);
  if (head === undefined) return { last, base, cut: last, next: last, since: 1 };
  const { cut, next, since } = head;
  if (since < kept) return { last, base, cut, next, since: Math.min(since + 1, MOST) };
  return { last, base, cut: next, next: Math.max(next, base), since: 1 };
}

const soundBase = (base: Position | undefined, last: Position): Position => {
  if (base === undefined) return last;
  return Number.isSafeInteger(base) && base > 0 && base < last ? base : 0;
};

const lost = (number: number): TroupeError =>
  new TroupeError('CORRUPTED', `Block ${number} of the store is not there: restore it from a backup.`);
