import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import { isAwaited, replyAddressOf, type Envelope } from '../message/envelope.ts';
import type { Asks } from './asks.ts';
import type { DeadLetters, DeadReason } from './dead-letters.ts';
import { noSuchActor } from './ref.ts';

export interface UndeliveredOptions {
  readonly self: string;
  readonly letters: DeadLetters;
  readonly asks: Asks;
  /** Tell somebody elsewhere that waits for an answer. */
  readonly sayFailure: (replyTo: Address, error: TroupeError) => void;
  /** A message of a durable actor, which still has it (D2). `final`: nobody will ever take it. */
  readonly refused: (envelope: Envelope, final: boolean, error: TroupeError) => void;
}

/** What becomes of a message that cannot be delivered: a dead letter (T2), and an error for whoever waits for its answer (T3). */
export class Undelivered {
  readonly #options: UndeliveredOptions;

  constructor(options: UndeliveredOptions) {
    this.#options = options;
  }

  bury(reason: DeadReason, envelope: Envelope, error = errorOf(reason, envelope)): void {
    if (envelope.kind === 'control' || envelope.kind === 'heartbeat') return;
    if (typeof envelope.once === 'object') return this.#notTaken(reason, envelope, error);
    this.#options.letters.bury(reason, envelope, error.message);
    if (isAwaited(envelope)) this.failAsker(envelope, error);
  }

  /** Its connection was lost with it, or its node died. */
  lost(reason: DeadReason, envelope: Envelope): void {
    const what = `"${envelope.event.type}" to "${envelope.to}" was lost (${reason}); whether it took effect is unknown.`;
    this.bury(reason, envelope, new TroupeError('NODE_DOWN', what, { retryable: true }));
  }

  /** Most of what goes wrong on the way passes, and then it is said again. */
  #notTaken(reason: DeadReason, envelope: Envelope, error: TroupeError): void {
    const isPinned = envelope.to.includes('@');
    const isLost = reason === 'node-down' || reason === 'node-forgot-us' || reason === 'system-stopped';
    if (reason === 'unserializable' || isPinned) this.#options.refused(envelope, true, error);
    else if (!isLost && !reason.endsWith('-full')) this.#options.refused(envelope, false, error);
  }

  failAsker(request: Envelope, error: TroupeError): void {
    if (request.node === this.#options.self && typeof request.once !== 'object')
      this.#options.asks.reject(request.seq, error);
    else this.#options.sayFailure(replyAddressOf(request), error);
  }
}

const errorOf = (reason: DeadReason, { to, event }: Envelope): TroupeError =>
  reason === 'expired'
    ? new TroupeError('TIMEOUT', `"${event.type}" reached "${to}" too late.`, { retryable: true })
    : noSuchActor(to, ` (${reason})`);
