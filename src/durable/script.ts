/** Marks what an edit inserts. */
export const INSERT = 5;

/**
 * One edit of a list, from its beginning on: keep so many items (a positive number), leave so many out (a negative one), insert these,
 * or change the next item. What is left when the edits are over is kept.
 */
export type Edit<P> = number | readonly [kind: typeof INSERT, ...items: unknown[]] | P;

/** How items are compared, by their indices in the list before and in the list after. */
export interface Comparison<P> {
  /** The change of an item that is in both. */
  readonly kept: (from: number, to: number) => P | undefined;
  /** The change of an item into another that takes its place. Without this, items are left out and inserted. */
  readonly replaced?: (from: number, to: number) => P | undefined;
  /** How an item is written down. */
  readonly inserted: (to: number) => readonly unknown[];
}

type List = readonly unknown[];

/**
 * The edits that turn one list into another; undefined for none. An item is in both when it is the same object or primitive. Not always
 * the fewest: an item that moves towards the front is inserted there. Time is linear in the lengths.
 */
export function script<P>(before: List, after: List, compare: Comparison<P>): readonly Edit<P>[] | undefined {
  const edits = new Edits<P>();
  const head = commonHead(before, after);
  const tail = commonTail(before, after, head);
  for (let at = 0; at < head; at += 1) edits.change(compare.kept(at, at));
  const middle = { head, beforeEnd: before.length - tail, afterEnd: after.length - tail };
  align(before, after, middle, compare, edits);
  for (let left = tail; left > 0; left -= 1)
    edits.change(compare.kept(before.length - left, after.length - left));
  return edits.all();
}

function commonHead(before: List, after: List): number {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && Object.is(before[head], after[head])) head += 1;
  return head;
}

function commonTail(before: List, after: List, head: number): number {
  const most = Math.min(before.length, after.length) - head;
  let tail = 0;
  while (tail < most && Object.is(before.at(-1 - tail), after.at(-1 - tail))) tail += 1;
  return tail;
}

interface Middle {
  readonly head: number;
  readonly beforeEnd: number;
  readonly afterEnd: number;
}

function align<P>(
  before: List,
  after: List,
  { head, beforeEnd, afterEnd }: Middle,
  compare: Comparison<P>,
  edits: Edits<P>,
): void {
  const wanted = head < beforeEnd && head < afterEnd ? new Set(after.slice(head, afterEnd)) : none;
  let from = head;
  /** The first item from there on that may be in both. */
  let next = head;
  for (let to = head; to < afterEnd; to += 1) {
    next = Math.max(next, from);
    while (next < beforeEnd && !wanted.has(before[next])) next += 1;
    if (next < beforeEnd && Object.is(before[next], after[to])) {
      edits.skip(next - from);
      edits.change(compare.kept(next, to));
      from = next + 1;
    } else if (from < next && compare.replaced !== undefined) {
      edits.change(compare.replaced(from, to));
      from += 1;
    } else edits.insert(compare.inserted(to));
  }
  edits.skip(beforeEnd - from);
}

const none: ReadonlySet<unknown> = new Set();

class Edits<P> {
  readonly #edits: Edit<P>[] = [];
  #kept = 0;
  #skipped = 0;
  #inserted: unknown[] = [];

  /** An item stays, changed or as it is. */
  change(change: P | undefined): void {
    if (change === undefined) {
      if (this.#kept === 0) this.#flush();
      this.#kept += 1;
      return;
    }
    this.#flush();
    this.#edits.push(change);
  }

  skip(count: number): void {
    if (count === 0) return;
    if (this.#kept > 0) this.#flush();
    this.#skipped += count;
  }

  insert(items: readonly unknown[]): void {
    if (this.#kept > 0) this.#flush();
    for (const item of items) this.#inserted.push(item);
  }

  all(): readonly Edit<P>[] | undefined {
    // What is kept at the end needs no saying.
    this.#kept = 0;
    this.#flush();
    return this.#edits.length === 0 ? undefined : this.#edits;
  }

  #flush(): void {
    if (this.#kept > 0) this.#edits.push(this.#kept);
    if (this.#skipped > 0) this.#edits.push(-this.#skipped);
    if (this.#inserted.length > 0) this.#edits.push([INSERT, ...this.#inserted]);
    this.#kept = this.#skipped = 0;
    this.#inserted = [];
  }
}
