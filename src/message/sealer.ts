import { TroupeError } from '../errors.ts';
import type { Address } from './address.ts';
import type { HybridClock } from './clock.ts';
import { idOf, isInternal, type Envelope, type Kind, type Message, type Once } from './envelope.ts';
import { checkPlain } from './plain.ts';

/** The conversation that an actor goes on with by itself, after a timer or at the end of work. */
export interface Thread {
  /** Id of the message that it handled last. */
  readonly cause: string | undefined;
  readonly correlation: string;
}

/** Messages that an actor says by itself in one conversation, count. */
export const ALONE = 100;

/** Where a message comes from, and until when it is wanted. */
export interface Origin {
  readonly from?: Address | undefined;
  /** The message being handled: cause, correlation and trace go on from it. */
  readonly cause?: Envelope | undefined;
  /** What it goes on from when no message is being handled. */
  readonly after?: Thread | undefined;
  /** ms since the epoch */
  readonly deadline?: number | undefined;
  /** A number that was taken with `next`. */
  readonly seq?: number;
  /** What `check` said of the event. */
  readonly special?: boolean | undefined;
  readonly once?: Once | undefined;
}

/** Puts events into envelopes: numbered, stamped, and checked before they leave the one who sends them. */
export class Sealer {
  readonly #node: string;
  readonly #depth: number;
  readonly #stamps: HybridClock;
  #seq = 0;

  constructor(node: string, depth: number, stamps: HybridClock) {
    this.#node = node;
    this.#depth = depth;
    this.#stamps = stamps;
  }

  /** Envelopes made so far. */
  get count(): number {
    return this.#seq;
  }

  /** The number of the next envelope, to be given to `seal`. */
  next(): number {
    return ++this.#seq;
  }

  seal(
    kind: Kind,
    to: Address,
    event: Message,
    { from, cause, after, deadline, special, seq, once }: Origin,
  ): Envelope {
    const causeId = cause === undefined ? after?.cause : idOf(cause);
    return {
      kind,
      node: this.#node,
      seq: seq ?? ++this.#seq,
      to,
      from,
      cause: causeId,
      correlation: (cause === undefined ? after?.correlation : cause.correlation) ?? causeId,
      clock: this.#stamps.tick(),
      deadline,
      trace: cause?.trace,
      once,
      event,
      special,
    };
  }

  /**
   * @returns whether the event holds values that msgpack has no form for (message/special.ts)
   * @throws TroupeError INVALID_EVENT, UNSERIALIZABLE naming the value and the rule
   */
  check(event: Message): boolean {
    const given: unknown = event;
    if (typeof given !== 'object' || given === null || typeof event.type !== 'string' || event.type === '') {
      throw new TroupeError(
        'INVALID_EVENT',
        `An event is an object with a non-empty string "type", got ${preview(given)}.`,
      );
    }
    if (isInternal(event.type)) {
      throw new TroupeError(
        'INVALID_EVENT',
        `The event type "${event.type}" belongs to XState: choose one that is not "*" and does not begin with "xstate.".`,
      );
    }
    return checkPlain(event, this.#depth) === 'special';
  }
}

const preview = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? `an object with type ${String((value as Partial<Message>).type)}`
    : String(value);
