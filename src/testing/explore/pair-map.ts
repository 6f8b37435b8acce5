import { mix } from './ints.ts';

const EMPTY = -1;

/** What `get` returns for a pair that is not there. */
export const ABSENT = -2;

/** From pairs of non-negative integers to an integer: open addressing with linear probing, at most half full. */
export class PairMap {
  size = 0;
  #mask = 1023;
  #cells = new Int32Array(3 * 1024).fill(EMPTY);

  get(a: number, b: number): number {
    const cells = this.#cells;
    const at = this.#find(a, b);
    return cells[at] === EMPTY ? ABSENT : (cells[at + 2] as number);
  }

  /** The pair must not be there yet. */
  add(a: number, b: number, value: number): void {
    if (this.size * 2 > this.#mask) this.#grow();
    this.size += 1;
    this.#put(a, b, value);
  }

  #find(a: number, b: number): number {
    const cells = this.#cells;
    let cell = mix(mix(0, a), b) & this.#mask;
    for (;;) {
      const at = cell * 3;
      const found = cells[at];
      if (found === EMPTY || (found === a && cells[at + 1] === b)) return at;
      cell = (cell + 1) & this.#mask;
    }
  }

  #put(a: number, b: number, value: number): void {
    const at = this.#find(a, b);
    this.#cells[at] = a;
    this.#cells[at + 1] = b;
    this.#cells[at + 2] = value;
  }

  #grow(): void {
    const old = this.#cells;
    this.#mask = this.#mask * 2 + 1;
    this.#cells = new Int32Array(3 * (this.#mask + 1)).fill(EMPTY);
    for (let at = 0; at < old.length; at += 3)
      if (old[at] !== EMPTY) this.#put(old[at] as number, old[at + 1] as number, old[at + 2] as number);
  }
}
