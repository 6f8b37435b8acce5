import type { Input } from './input.ts';

/** What waits for a durable actor, in order. Taking from the front costs the same however much waits. */
export class Mailbox {
  #inputs: Input[] = [];
  #head = 0;
  /** Inputs at the front that are to be decided over one at a time. */
  #alone = 0;

  get size(): number {
    return this.#inputs.length - this.#head;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  push(input: Input): void {
    this.#inputs.push(input);
  }

  /** @param how `one by one`: one of them cannot be stored, and which one shows when each is decided over alone */
  putBack(inputs: readonly Input[], how: 'together' | 'one by one' = 'together'): void {
    this.#inputs = [...inputs, ...this.#inputs.slice(this.#head)];
    this.#head = 0;
    this.#alone = how === 'one by one' ? inputs.length : this.#alone;
  }

  /** What is to be decided over next, together. */
  next(most: number): readonly Input[] {
    if (this.#alone === 0 || this.isEmpty) return this.take(most);
    this.#alone -= 1;
    return this.take(1);
  }

  take(most = Number.POSITIVE_INFINITY): readonly Input[] {
    if (this.#head === 0 && this.#inputs.length <= most) {
      const all = this.#inputs;
      if (all.length > 0) this.#inputs = [];
      return all;
    }
    const taken = this.#inputs.slice(this.#head, this.#head + most);
    this.#head += taken.length;
    if (this.#head === this.#inputs.length) {
      this.#inputs = [];
      this.#head = 0;
    }
    return taken;
  }
}
