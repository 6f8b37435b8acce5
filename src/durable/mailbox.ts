import type { Input } from './input.ts';

/** What waits for a durable actor, in order. Taking from the front costs the same however much waits. */
export class Mailbox {
  #inputs: Input[] = [];
  #head = 0;

  get size(): number {
    return this.#inputs.length - this.#head;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }

  push(input: Input): void {
    this.#inputs.push(input);
  }

  putBack(inputs: readonly Input[]): void {
    this.#inputs = [...inputs, ...this.#inputs.slice(this.#head)];
    this.#head = 0;
  }

  take(most: number): readonly Input[] {
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
