import { entriesIn, type Placed } from './block.ts';
import { numberIn, numbered, part, SWEPT, type FileDatabase } from './database.ts';
import type { Heads } from './heads.ts';

/** What the log may have above what was needed at the last sweep and as much again, bytes. */
const SLACK = 16 * 1024 * 1024;
/** Read at once, bytes. */
const STEP = 1024 * 1024;

interface Swept {
  /** How often a sweep was begun: only who began the last one goes on. */
  readonly turn: number;
  /** What had been written to the log when it began, and what it left, bytes. */
  readonly written: number;
  readonly left: number;
}

/**
 * Job: the log does not grow for ever. When it has doubled, the records that their actors do not need any more are dropped, block by
 * block, in small transactions that nobody waits for. Which those are says the head of the actor (`cut`), so that a record that is not
 * needed once never is again, and it does no harm when two processes sweep.
 *
 * Blocks that no table of heads has yet (heads.ts, H2) are left alone. A block keeps its number and its records keep their slots: positions last.
 */
export class Sweeper {
  readonly #database: FileDatabase;
  readonly #heads: Heads;
  readonly #failed: (error: unknown) => void;
  #due = 0;
  #isSweeping = false;
  #isOver = false;

  constructor(database: FileDatabase, heads: Heads, failed: (error: unknown) => void) {
    this.#database = database;
    this.#heads = heads;
    this.#failed = failed;
  }

  /** So much was written to the log since it was made, bytes. */
  written(bytes: number): void {
    if (bytes < this.#due || this.#isSweeping || this.#isOver) return;
    const swept = this.#last();
    this.#due = swept.written + 2 * swept.left + SLACK;
    if (bytes < this.#due) return;
    this.#isSweeping = true;
    void this.#sweep(swept, bytes)
      .catch((error: unknown) => {
        this.#due = bytes + SLACK;
        if (!this.#isOver) this.#failed(error);
      })
      .finally(() => (this.#isSweeping = false));
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Asked anew after every wait: a property would be taken for unchanged. */
  #hasEnded(): boolean {
    return this.#isOver;
  }

  #last(): Swept {
    this.#database.refresh();
    const entry = this.#database.meta.getEntry(SWEPT);
    if (entry === undefined || entry.value.length !== 16)
      return { turn: entry?.version ?? 0, written: 0, left: 0 };
    const [written, left] = [numberIn(entry.value.subarray(0, 8)), numberIn(entry.value.subarray(8))];
    return { turn: entry.version ?? 0, written, left };
  }

  async #sweep(former: Swept, written: number): Promise<void> {
    const { meta } = this.#database;
    const turn = former.turn + 1;
    const state = (left: number): Buffer => Buffer.concat([numbered(written), numbered(left)]);
    // As if nothing could be dropped, until that is known: the others leave it to this process.
    const most = former.left + written - former.written;
    if (!(await meta.put(SWEPT, state(most), turn, former.turn)) || this.#hasEnded()) return;
    this.#heads.catchUp();
    const upTo = this.#heads.merged;
    let left = 0;
    for (let from = 1; from <= upTo && !this.#hasEnded();) {
      const step = this.#step(from, upTo);
      left += step.left;
      from = step.next;
      if (!(await this.#write(turn, step.changes))) return;
    }
    if (!this.#hasEnded()) await meta.put(SWEPT, state(left), turn, turn);
    this.#due = 0;
  }

  /** Of each block what it is to be: undefined when nothing of it is needed. */
  #step(from: number, upTo: number) {
    this.#heads.catchUp();
    const changes: (readonly [number, Buffer | undefined])[] = [];
    const isNeeded = this.#judge();
    let [next, left, read] = [upTo + 1, 0, 0];
    for (const { key, value } of this.#database.log.getRange({ start: from, end: upTo + 1 })) {
      if (read >= STEP) {
        next = key;
        break;
      }
      read += value.length;
      const now = needed(value, key, isNeeded);
      left += now?.length ?? 0;
      if (now !== value) changes.push([key, now]);
    }
    return { changes, next, left };
  }

  #judge(): (placed: Placed) => boolean {
    const cuts = new Map<string, number>();
    return ({ id, position, isEnd }) => {
      if (isEnd) return false;
      let cut = cuts.get(id);
      if (cut === undefined) cuts.set(id, (cut = this.#heads.of(id)?.cut ?? Infinity));
      return position >= cut;
    };
  }

  /** @returns whether it is still ours to go on */
  async #write(turn: number, changes: readonly (readonly [number, Buffer | undefined])[]): Promise<boolean> {
    if (changes.length === 0) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return true;
    }
    const { meta, log } = this.#database;
    return meta.ifVersion(SWEPT, turn, () => {
      for (const [number, block] of changes)
        part(block === undefined ? log.remove(number) : log.put(number, block));
    });
  }
}

/** A block without what is not needed, or as it is when that is less than half of it; undefined when nothing is left. */
function needed(block: Buffer, number: number, isNeeded: (placed: Placed) => boolean): Buffer | undefined {
  const kept: Buffer[] = [];
  let size = 0;
  for (const placed of entriesIn(block, number)) {
    if (!isNeeded(placed)) continue;
    kept.push(block.subarray(placed.start, placed.to));
    size += placed.to - placed.start;
  }
  if (size === 0) return undefined;
  return size * 2 > block.length ? block : Buffer.concat(kept);
}
