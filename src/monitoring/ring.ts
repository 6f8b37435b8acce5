import type { Address } from '../message/address.ts';
import type { Envelope } from '../message/envelope.ts';

/** A message that was handled a short while ago. */
export interface Handled {
  readonly address: Address;
  readonly envelope: Envelope;
}

/** The last messages of a node: references, so that remembering costs two stores and no allocation. */
export class Ring {
  /** Address and envelope in turn: one array, one check of its bounds. */
  readonly #slots: (Address | Envelope | undefined)[];
  readonly #mask: number;
  #next = 0;

  /** @param size rounded up to a power of two */
  constructor(size: number) {
    const length = 2 ** Math.ceil(Math.log2(Math.max(1, size)));
    this.#slots = new Array<Address | Envelope | undefined>(2 * length).fill(undefined);
    this.#mask = 2 * length - 1;
  }

  /** @returns the number of its place: all of them in turn */
  add(address: Address, envelope: Envelope): number {
    const slot = this.#next;
    this.#next = (slot + 2) & this.#mask;
    this.#slots[slot + 1] = envelope;
    this.#slots[slot] = address;
    return slot >> 1;
  }

  /** Oldest first. */
  *entries(): Generator<Handled> {
    for (let at = 0; at <= this.#mask; at += 2) {
      const slot = (this.#next + at) & this.#mask;
      const [address, envelope] = [this.#slots[slot], this.#slots[slot + 1]];
      if (typeof address === 'string' && typeof envelope === 'object') yield { address, envelope };
    }
  }

  /**
   * Let go of what is older, so that old events are not kept for the sake of somebody who may look.
   * @returns whether anything is left; if not, the next message has the first place
   */
  forget(isOld: (envelope: Envelope) => boolean): boolean {
    let left = false;
    for (let slot = 0; slot <= this.#mask; slot += 2) {
      const envelope = this.#slots[slot + 1];
      if (typeof envelope !== 'object') continue;
      if (isOld(envelope)) this.#slots[slot] = this.#slots[slot + 1] = undefined;
      else left = true;
    }
    if (!left) this.#next = 0;
    return left;
  }
}
