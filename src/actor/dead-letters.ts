import type { TroupeError } from '../errors.ts';
import { isInspection, type Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';

/** Why a message was not delivered (T2): nothing disappears silently. */
export type DeadReason =
  | 'no-such-actor'
  | 'actor-stopped'
  | 'mailbox-full'
  | 'outbox-full'
  | 'expired'
  | 'late-reply'
  | 'node-down'
  | 'node-forgot-us'
  | 'system-stopped'
  | 'unserializable'
  | 'malformed'
  | 'handler-failed'
  | 'actor-failed'
  | 'quarantined';

export interface DeadLetter {
  readonly reason: DeadReason;
  /** When it was found undeliverable, ms since the epoch. */
  readonly at: number;
  readonly to: Address;
  readonly from?: Address | undefined;
  /** Absent for bytes that are no message. */
  readonly event?: Message | undefined;
  /** Id of the message. */
  readonly id?: string | undefined;
  /** More about the reason. */
  readonly detail?: string | undefined;
}

export type DeadLetterListener = (letter: DeadLetter) => void;

/** Bytes of a rejected arrival that are shown, count. */
const SHOWN = 32;

/** The last dead letters, their counts by reason, and those who want to be told. */
export class DeadLetters {
  readonly #limit: number;
  readonly #now: () => number;
  readonly #listeners = new Set<DeadLetterListener>();
  readonly #counts = new Map<DeadReason, number>();
  readonly #rejections = new Map<string, number>();
  #letters: DeadLetter[] = [];

  constructor(limit: number, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  bury(reason: DeadReason, envelope: Envelope, detail?: string): void {
    const { to, from, event, node, seq } = envelope;
    // What an inspector that has gone, or has waited for long enough, is not told is nobody's loss.
    if (isInspection(to) || (from !== undefined && isInspection(from))) return;
    this.add({ reason, at: this.#now(), to, from, event, id: `${node}.${seq}`, detail });
  }

  /** Bytes arrived that are no message of ours (T4). */
  reject(error: TroupeError, bytes: Uint8Array, subject: string): void {
    this.#rejections.set(error.code, (this.#rejections.get(error.code) ?? 0) + 1);
    const beginning = Buffer.from(bytes.subarray(0, SHOWN)).toString('hex');
    const detail = `${error.message} (${bytes.length} bytes: ${beginning}${bytes.length > SHOWN ? '…' : ''})`;
    this.add({ reason: 'malformed', at: this.#now(), to: subject, detail });
  }

  add(letter: DeadLetter): void {
    this.#counts.set(letter.reason, (this.#counts.get(letter.reason) ?? 0) + 1);
    this.#letters.push(letter);
    if (this.#letters.length > this.#limit * 2) this.#letters = this.#letters.slice(-this.#limit);
    for (const listener of this.#listeners) listener(letter);
  }

  /** The last ones, oldest first; at most `limits.deadLetters`. */
  list(): readonly DeadLetter[] {
    return this.#letters.slice(-this.#limit);
  }

  /** How many there were since the system began, by reason. */
  counts(): Readonly<Partial<Record<DeadReason, number>>> {
    return Object.fromEntries(this.#counts);
  }

  /** How many arrivals were no message of ours since the system began, by error code. */
  rejections(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#rejections);
  }

  listen(listener: DeadLetterListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
