import type { Operation } from './operation.ts';

/** Which operations of a history may be next in an order of all: those no other one that is left has to precede. */
export interface Frontier {
  /** Index of an operation that may be next; -1 when there is none. */
  first(): number;
  /** The one to try after `index`; -1 when there is none. */
  after(index: number): number;
  take(index: number): void;
  /** The operation whose return ended the last look for candidates; -1 when none did. */
  readonly wall: number;
  /** Undo the last `take`. */
  restore(index: number): void;
}

/**
 * Real time: an operation that returned before another was called precedes it. The doubly linked list of calls and returns of Wing &
 * Gong (1993): whatever is called before the first return that is left may be next.
 */
export class RealTime implements Frontier {
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  readonly #count: number;
  wall = -1;

  /** @param operations sorted by call */
  constructor(operations: readonly Operation[]) {
    const count = operations.length;
    this.#count = count;
    this.#next = new Int32Array(2 * count + 1);
    this.#previous = new Int32Array(2 * count + 1);
    let last = 2 * count;
    // What never returned blocks nobody: its return is linked to itself alone.
    for (let node = count; node < 2 * count; node += 1) this.#next[node] = this.#previous[node] = node;
    for (const node of nodesOf(operations)) {
      this.#next[last] = node;
      this.#previous[node] = last;
      last = node;
    }
    this.#next[last] = 2 * count;
    this.#previous[2 * count] = last;
  }

  first(): number {
    return this.after(2 * this.#count);
  }

  after(index: number): number {
    const node = this.#next[index] as number;
    if (node < this.#count) return node;
    this.wall = node === 2 * this.#count ? -1 : node - this.#count;
    return -1;
  }

  take(index: number): void {
    this.#unlink(index);
    this.#unlink(index + this.#count);
  }

  restore(index: number): void {
    this.#link(index + this.#count);
    this.#link(index);
  }

  #unlink(node: number): void {
    const next = this.#next[node] as number;
    const previous = this.#previous[node] as number;
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  #link(node: number): void {
    this.#next[this.#previous[node] as number] = node;
    this.#previous[this.#next[node] as number] = node;
  }
}

/** Calls (index) and returns (count + index) in the order of time; at the same time calls come first: they may have overlapped. */
function nodesOf(operations: readonly Operation[]): number[] {
  const count = operations.length;
  const calls = operations.map((_, index) => index);
  const returns = calls.filter((index) => operations[index]?.return !== undefined);
  const at = (index: number): number => operations[index]?.return ?? Infinity;
  returns.sort((a, b) => at(a) - at(b));
  const nodes: number[] = [];
  let call = 0;
  for (const index of returns) {
    for (; call < count && (operations[call] as Operation).call <= at(index); call += 1) nodes.push(call);
    nodes.push(count + index);
  }
  for (; call < count; call += 1) nodes.push(call);
  return nodes;
}
