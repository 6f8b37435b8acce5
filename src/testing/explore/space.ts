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
  /** Cells of two: a state, or -1, and its hash. Most vectors that are not the one looked for are told by the hash, which is near. */
  #table = new Int32Array(1 << 13).fill(-1);
  #mask = (1 << 12) - 1;
  /** Where the vector of the last `find` belongs, and its hash. */
  #cell = 0;
  #hash = 0;

  /** @param width how many numbers of a vector tell states apart; what a longer one has behind them is neither kept nor read */
  constructor(width: number) {
    this.#width = width;
  }

  /** The number of a state; -1 when it is new. */
  find(vector: Int32Array): number {
    const table = this.#table;
    const mask = this.#mask;
    const width = this.#width;
    let hash = 0;
    for (let at = 0; at < width; at += 1) hash = mix(hash, vector[at] as number);
    let cell = hash & mask;
    for (let state = table[2 * cell] as number; state >= 0; state = table[2 * cell] as number) {
      if (table[2 * cell + 1] === hash && this.#equals(state, vector)) return state;
      cell = (cell + 1) & mask;
    }
    this.#cell = cell;
    this.#hash = hash;
    return -1;
  }

  /** Add the vector that `find` was just called with and did not find. */
  add(vector: Int32Array, parent: number, step: number): number {
    const state = this.size;
    const width = this.#width;
    const within = state & (BLOCK - 1);
    if (within === 0) this.#blocks.push(new Int32Array(BLOCK * width));
    const block = this.#blocks[state >> SHIFT] as Int32Array;
    for (let at = 0; at < width; at += 1) block[within * width + at] = vector[at] as number;
    this.parents.push(parent);
    this.steps.push(step);
    this.#table[2 * this.#cell] = state;
    this.#table[2 * this.#cell + 1] = this.#hash;
    this.size += 1;
    if (this.size * 2 > this.#mask) this.#grow();
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

  #equals(state: number, vector: Int32Array): boolean {
    const block = this.#blocks[state >> SHIFT] as Int32Array;
    const base = (state & (BLOCK - 1)) * this.#width;
    for (let at = 0; at < this.#width; at += 1) if (block[base + at] !== vector[at]) return false;
    return true;
  }

  #grow(): void {
    const old = this.#table;
    const mask = 2 * this.#mask + 1;
    const table = new Int32Array(2 * (mask + 1)).fill(-1);
    for (let at = 0; at < old.length; at += 2) {
      const hash = old[at + 1] as number;
      if ((old[at] as number) < 0) continue;
      let cell = hash & mask;
      while ((table[2 * cell] as number) >= 0) cell = (cell + 1) & mask;
      table[2 * cell] = old[at] as number;
      table[2 * cell + 1] = hash;
    }
    this.#table = table;
    this.#mask = mask;
  }
}
