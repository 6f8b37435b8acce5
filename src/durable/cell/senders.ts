import type { Address } from '../../message/address.ts';
import type { Input } from './input.ts';
import { WITHIN, type Taken } from './live.ts';
import type { Surroundings } from '../surroundings.ts';

/** Commits between two looks at how many senders are remembered, and senders looked up at a time, count. */
const EVERY = 256;

export interface SendersOptions {
  readonly address: Address;
  readonly around: Surroundings;
  readonly give: (input: Input) => void;
}

/**
 * Job: an actor that many durable actors write to does not remember them all for ever. One whose stored outbox holds nothing for it is
 * forgotten; should it write again, or an owner of it that has been replaced meanwhile repeat something old, its outbox says what is true
 * (Surroundings.isOwed). So the number remembered is bounded, and what was taken is still never taken twice.
 */
export class Senders {
  readonly #options: SendersOptions;
  #commits = 0;
  #looking = false;

  constructor(options: SendersOptions) {
    this.#options = options;
  }

  /** A commit was stored. */
  stored(taken: Taken): void {
    this.#commits += 1;
    if (this.#commits % EVERY !== 0 || this.#looking) return;
    const { around } = this.#options;
    const all = Object.values(taken).flatMap((bucket) => Object.entries(bucket));
    if (all.length <= around.limits.senders) return;
    this.#looking = true;
    const start = Math.floor(around.random() * (all.length - EVERY));
    void this.#forget(all.slice(Math.max(0, start), Math.max(0, start) + EVERY)).finally(
      () => (this.#looking = false),
    );
  }

  async #forget(senders: readonly (readonly [Address, number])[]): Promise<void> {
    const { around, address, give } = this.#options;
    for (const [sender, number] of senders) {
      const owes = await around.owes(sender.split(WITHIN, 1)[0] ?? sender, address).catch(() => true);
      if (!owes) give({ kind: 'retired', sender, number });
    }
  }
}
