import type { Address } from '../message/address.ts';
import { correlationOf, idOf, type Envelope } from '../message/envelope.ts';
import { ALONE, type Thread } from '../message/sealer.ts';

/**
 * Which conversation each durable actor of a node goes on with when a timer or the end of work sets it going: that of the message it took last. While
 * it is in memory: of one that was loaded again nobody remembers it, and it begins its own.
 */
export class Threads {
  readonly #threads = new Map<Address, Thread & { alone: number }>();

  correlation(address: Address): string {
    return this.#threads.get(address)?.correlation ?? address;
  }

  took(address: Address, envelope: Envelope): void {
    this.#threads.set(address, { cause: idOf(envelope), correlation: correlationOf(envelope), alone: 0 });
  }

  /** @returns as Cell.goOn */
  goOn(address: Address): Thread | undefined {
    let thread = this.#threads.get(address);
    if (thread === undefined)
      this.#threads.set(address, (thread = { cause: undefined, correlation: address, alone: 0 }));
    return ++thread.alone > ALONE ? undefined : thread;
  }

  ended(address: Address): void {
    this.#threads.delete(address);
  }
}
