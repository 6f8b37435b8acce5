import type { Operation } from './operation.ts';
import type { Frontier } from './order.ts';

/** One process: what returned, in order, and how far the search has come. */
interface Line {
  readonly operations: number[];
  taken: number;
}

/** An operation nobody knows the outcome of: free once the first `after` operations of its process are taken. */
interface Loose {
  readonly index: number;
  readonly line: Line;
  readonly after: number;
  taken: boolean;
}

/** Program order alone: what one process did, in its order; nothing between processes (Lamport's sequential consistency, 1979). */
export class ProgramOrder implements Frontier {
  /** No return stands in the way of another process. */
  readonly wall = -1;
  readonly #lines: Line[] = [];
  readonly #loose: Loose[] = [];
  /** By operation: its place in the order in which candidates are tried: lines, then what is loose. */
  readonly #place: number[] = [];

  /** @param operations sorted by call */
  constructor(operations: readonly Operation[]) {
    const byProcess = new Map<string | number, number>();
    operations.forEach((operation, index) => {
      let at = byProcess.get(operation.process);
      if (at === undefined) {
        at = this.#lines.push({ operations: [], taken: 0 }) - 1;
        byProcess.set(operation.process, at);
      }
      const line = this.#lines[at] as Line;
      if (operation.return !== undefined) {
        line.operations.push(index);
        this.#place[index] = at;
      } else this.#loose.push({ index, line, after: line.operations.length, taken: false });
    });
    this.#loose.forEach(({ index }, at) => (this.#place[index] = this.#lines.length + at));
  }

  first(): number {
    return this.#from(0);
  }

  after(index: number): number {
    return this.#from((this.#place[index] as number) + 1);
  }

  take(index: number): void {
    const at = this.#place[index] as number;
    const line = this.#lines[at];
    if (line !== undefined) line.taken += 1;
    else (this.#loose[at - this.#lines.length] as Loose).taken = true;
  }

  restore(index: number): void {
    const at = this.#place[index] as number;
    const line = this.#lines[at];
    if (line !== undefined) line.taken -= 1;
    else (this.#loose[at - this.#lines.length] as Loose).taken = false;
  }

  #from(place: number): number {
    for (let at = place; at < this.#lines.length; at += 1) {
      const { operations, taken } = this.#lines[at] as Line;
      const index = operations[taken];
      if (index !== undefined) return index;
    }
    for (let at = Math.max(0, place - this.#lines.length); at < this.#loose.length; at += 1) {
      const { index, line, after, taken } = this.#loose[at] as Loose;
      if (!taken && line.taken >= after) return index;
    }
    return -1;
  }
}
