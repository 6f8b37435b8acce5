import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import { replyAddressOf, type Envelope } from '../message/envelope.ts';
import type { Asks } from './asks.ts';
import type { DeadLetters, DeadReason } from './dead-letters.ts';
import { noSuchActor } from './ref.ts';

export interface UndeliveredOptions {
  readonly self: string;
  readonly letters: DeadLetters;
  readonly asks: Asks;
  /** Tell somebody on another node that waits for an answer. */
  readonly sayFailure: (replyTo: Address, error: TroupeError) => void;
}

/** What becomes of a message that cannot be delivered: a dead letter (T2), and an error for whoever waits for its answer (T3). */
export class Undelivered {
  readonly #options: UndeliveredOptions;

  constructor(options: UndeliveredOptions) {
    this.#options = options;
  }

  bury(reason: DeadReason, envelope: Envelope, error = noSuchActor(envelope.to, ` (${reason})`)): void {
    if (envelope.kind === 'control' || envelope.kind === 'heartbeat') return;
    this.#options.letters.bury(reason, envelope, error.message);
    if (envelope.kind === 'request') this.failAsker(envelope, error);
  }

  /** Its connection was lost with it, or its node died. */
  lost(reason: DeadReason, envelope: Envelope): void {
    const what = `"${envelope.event.type}" to "${envelope.to}" was lost (${reason}); whether it took effect is unknown.`;
    this.bury(reason, envelope, new TroupeError('NODE_DOWN', what, { retryable: true }));
  }

  failAsker(request: Envelope, error: TroupeError): void {
    if (request.node === this.#options.self) this.#options.asks.reject(request.seq, error);
    else this.#options.sayFailure(replyAddressOf(request), error);
  }
}
