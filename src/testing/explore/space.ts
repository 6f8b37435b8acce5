import { Ints, mix } from './ints.ts';

/** States in a block of the arena. */
const BLOCK = 1 << 14;
const SHIFT = 14;

/**
 * The states that were reached: vectors in blocks of one arena, found again through an open-addressing table that compares whole
 * vectors, so no two states are ever taken for one. With each state goes how it was first reached.
 */
export class Space {
  size = 0;
  /** The state it was first reached from; -1 for the initial one. */
  readonly parents = new Ints();
  /** By which step. */
  readonly steps = new Ints();
  readonly #width: number;
  readonly #blocks: Int32Array[] = [];
  #table = new Int32Array(1 << 12).fill(-1);
  /** Where the vector of the last `find` belongs. */
  #cell = 0;

  constructor(width: number) {
    this.#width = width;
  }

  /** The number of a state; -1 when it is new. */
  find(vector: Int32Array): number {
    const mask = this.#table.length - 1;
    let cell = this.#hash(vector, 0) & mask;
    for (let state = this.#table[cell] as number; state >= 0; state = this.#table[cell] as number) {
      if (this.#equals(state, vector)) return state;
      cell = (cell + 1) & mask;
    }
    this.#cell = cell;
    return -1;
  }

  /** Add the vector that `find` was just called with and did not find. */
  add(vector: Int32Array, parent: number, step: number): number {
    const state = this.size;
    const within = state & (BLOCK - 1);
    if (within === 0) this.#blocks.push(new Int32Array(BLOCK * this.#width));
    (this.#blocks[state >> SHIFT] as Int32Array).set(vector, within * this.#width);
    this.parents.push(parent);
    this.steps.push(step);
    this.#table[this.#cell] = state;
    this.size += 1;
    if (this.size * 2 > this.#table.length) this.#grow();
    return state;
  }

  read(state: number, into: Int32Array): Int32Array {
    const block = this.#blocks[state >> SHIFT] as Int32Array;
    const base = (state & (BLOCK - 1)) * this.#width;
    for (let at = 0; at < this.#width; at += 1) into[at] = block[base + at] as number;
    return into;
  }

  /** States from the initial one to this one. */
  path(state: number): number[] {
    const path = [];
    for (let at = state; at >= 0; at = this.parents.at(at)) path.push(at);
    return path.reverse();
  }

  #hash(of: Int32Array, from: number): number {
    let hash = 0;
    for (let at = from; at < from + this.#width; at += 1) hash = mix(hash, of[at] as number);
    return hash;
  }

  #equals(state: number, vector: Int32Array): boolean {
    const block = this.#blocks[state >> SHIFT] as Int32Array;
    const base = (state & (BLOCK - 1)) * this.#width;
    for (let at = 0; at < this.#width; at += 1) if (block[base + at] !== vector[at]) return false;
    return true;
  }

  #grow(): void {
    const table = new Int32Array(this.#table.length * 2).fill(-1);
    const mask = table.length - 1;
    for (let state = 0; state < this.size; state += 1) {
      const block = this.#blocks[state >> SHIFT] as Int32Array;
      let cell = this.#hash(block, (state & (BLOCK - 1)) * this.#width) & mask;
      while ((table[cell] as number) >= 0) cell = (cell + 1) & mask;
      table[cell] = state;
    }
    this.#table = table;
  }
}
