import type { Address } from '../message/address.ts';
import { correlationOf, idOf, type Envelope } from '../message/envelope.ts';
import { ALONE, type Thread } from '../message/sealer.ts';

/**
 * Which conversation each durable actor of a node goes on with when a timer or the end of work sets it going: that of the messages it took, if
 * that is one (Cell.goOn). While it is in memory: of one that was loaded again nobody remembers it, and it begins its own.
 */
export class Threads {
  readonly #threads = new Map<Address, (Thread & { alone: number }) | 'shared'>();

  correlation(address: Address): string {
    const thread = this.#threads.get(address);
    return thread === undefined || thread === 'shared' ? address : thread.correlation;
  }

  took(address: Address, envelope: Envelope): void {
    const before = this.#threads.get(address);
    if (before === 'shared') return;
    const correlation = correlationOf(envelope);
    const isOther = before?.cause !== undefined && before.correlation !== correlation;
    this.#threads.set(address, isOther ? 'shared' : { cause: idOf(envelope), correlation, alone: 0 });
  }

  /** @returns as Cell.goOn */
  goOn(address: Address): Thread | undefined {
    let thread = this.#threads.get(address);
    if (thread === 'shared') return undefined;
    if (thread === undefined)
      this.#threads.set(address, (thread = { cause: undefined, correlation: address, alone: 0 }));
    return ++thread.alone > ALONE ? undefined : thread;
  }

  ended(address: Address): void {
    this.#threads.delete(address);
  }
}
