import type { Address } from '../../message/address.ts';

/** Actors remembered, count. */
const REMEMBERED = 1_000;

/** Says what is wrong with an actor once, though every message for it finds that out again. */
export class Reports {
  readonly #say: (address: Address, error: unknown) => void;
  readonly #said = new Map<Address, string>();

  constructor(say: (address: Address, error: unknown) => void) {
    this.#say = say;
  }

  report(address: Address, error: unknown): void {
    const what = error instanceof Error ? error.message : String(error);
    if (this.#said.get(address) === what) return;
    this.#said.delete(address);
    this.#said.set(address, what);
    const [oldest] = this.#said.keys();
    if (this.#said.size > REMEMBERED && oldest !== undefined) this.#said.delete(oldest);
    this.#say(address, error);
  }
}
