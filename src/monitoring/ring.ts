import type { Address } from '../message/address.ts';
import type { Envelope } from '../message/envelope.ts';

/** A message that was handled a short while ago. */
export interface Handled {
  readonly address: Address;
  readonly envelope: Envelope;
}

/** The last messages of a node: references, so that remembering costs two stores and no allocation. */
export class Ring {
  readonly #addresses: (Address | undefined)[];
  readonly #envelopes: (Envelope | undefined)[];
  readonly #mask: number;
  #next = 0;

  /** @param size rounded up to a power of two */
  constructor(size: number) {
    const length = 2 ** Math.ceil(Math.log2(Math.max(1, size)));
    this.#addresses = new Array<Address | undefined>(length).fill(undefined);
    this.#envelopes = new Array<Envelope | undefined>(length).fill(undefined);
    this.#mask = length - 1;
  }

  add(address: Address, envelope: Envelope): void {
    const slot = this.#next;
    this.#next = (slot + 1) & this.#mask;
    this.#addresses[slot] = address;
    this.#envelopes[slot] = envelope;
  }

  /** Oldest first. */
  *entries(): Generator<Handled> {
    for (let at = 0; at <= this.#mask; at += 1) {
      const slot = (this.#next + at) & this.#mask;
      const [address, envelope] = [this.#addresses[slot], this.#envelopes[slot]];
      if (address !== undefined && envelope !== undefined) yield { address, envelope };
    }
  }

  /**
   * Let go of what is older, so that old events are not kept for the sake of somebody who may look.
   * @returns whether anything is left
   */
  forget(isOld: (envelope: Envelope) => boolean): boolean {
    let left = false;
    for (let slot = 0; slot <= this.#mask; slot += 1) {
      const envelope = this.#envelopes[slot];
      if (envelope === undefined) continue;
      if (isOld(envelope)) this.#addresses[slot] = this.#envelopes[slot] = undefined;
      else left = true;
    }
    return left;
  }
}
