import { keyOf } from '../../kernel/key.ts';
import type { Progress } from './progress.ts';

/** Characters of a key that count as one more value, for `Progress.interned`. */
const LONG = 4_096;

/** Numbers values from 0 in the order in which they are first met; values that no chart can tell apart share a number. */
export class Interner<T> {
  readonly values: T[] = [];
  /** How many states were known when each value was first met: it tells what still grows. */
  readonly born: number[] = [];
  readonly #ids = new Map<string, number>();
  readonly #progress: Progress;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  /** @param key a text that equal values share; default `keyOf` */
  idOf(value: T, key: string = keyOf(value)): number {
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.values.length;
      this.#ids.set(key, id);
      this.values.push(value);
      this.born.push(this.#progress.states);
      this.#progress.interned += 1 + Math.floor(key.length / LONG);
      this.#progress.longest = Math.max(this.#progress.longest, key.length);
    }
    return id;
  }

  at(id: number): T {
    return this.values[id] as T;
  }
}
