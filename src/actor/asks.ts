import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';
import { fromWire } from '../message/failure.ts';
import type { Clock } from '../ports.ts';
import { Deadlines, type Deadline } from './deadlines.ts';

interface Pending {
  readonly to: Address;
  readonly type: string;
  readonly timeout: number;
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: unknown) => void;
  readonly deadline: Deadline;
  readonly release: (() => void) | undefined;
  /** The node that the question was sent to. */
  node: string | undefined;
}

export interface Question {
  readonly to: Address;
  readonly type: string;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** Those who wait for an answer. T3: every ask settles exactly once, by reply, typed error or timeout. */
export class Asks {
  readonly #limit: number;
  readonly #next: () => number;
  readonly #deadlines: Deadlines;
  readonly #pending = new Map<number, Pending>();

  /** @param next numbers the questions: the reply address of a question is made of its number (message/envelope.ts) */
  constructor(limit: number, clock: Clock, next: () => number) {
    this.#limit = limit;
    this.#next = next;
    this.#deadlines = new Deadlines(clock, (number) => this.#expire(number));
  }

  /**
   * Wait for the answer to a question.
   * @param send sends it under the number it is given; what it throws is the outcome
   */
  // Not async: one promise per ask instead of four; this is the hot path.
  ask(question: Question, send: (number: number) => void): Promise<Message> {
    return new Promise<Message>((resolve, reject) => {
      question.signal?.throwIfAborted();
      checkTimeout(question.timeout);
      if (this.#pending.size >= this.#limit) throw overloaded(this.#limit);
      const number = this.#next();
      this.#pending.set(number, this.#waiting(number, question, resolve, reject));
      try {
        send(number);
      } catch (error) {
        this.reject(number, error);
      }
    });
  }

  /** @returns false when nobody waits for it any more */
  settle(number: number, envelope: Envelope): boolean {
    const pending = this.#take(number);
    if (pending === undefined) return false;
    if (envelope.kind === 'failure') pending.reject(fromWire((envelope.event as { error?: unknown }).error));
    else pending.resolve(envelope.event);
    return true;
  }

  /** As `settle`, by an answer of this node. */
  settled(number: number, answer: Message): void {
    this.#take(number)?.resolve(answer);
  }

  /** There will be no answer. */
  reject(number: number, error: unknown): void {
    this.#take(number)?.reject(error);
  }

  /** The question left for that node: should the node die, nobody will answer. */
  sentTo(node: string, number: number): void {
    const pending = this.#pending.get(number);
    if (pending !== undefined) pending.node = node;
  }

  nodeDown(node: string): void {
    for (const [number, pending] of this.#pending) {
      if (pending.node === node) this.reject(number, nodeDied(pending.to, node));
    }
  }

  close(error: TroupeError): void {
    for (const number of [...this.#pending.keys()]) this.reject(number, error);
  }

  #waiting(
    number: number,
    { to, type, timeout, signal }: Question,
    resolve: (reply: Message) => void,
    reject: (error: unknown) => void,
  ): Pending {
    const deadline = this.#deadlines.add(number, timeout);
    let release: (() => void) | undefined;
    if (signal !== undefined) {
      const abort = (): void => this.reject(number, signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      release = () => signal.removeEventListener('abort', abort);
    }
    return { to, type, timeout, resolve, reject, deadline, release, node: undefined };
  }

  #take(number: number): Pending | undefined {
    const pending = this.#pending.get(number);
    if (pending === undefined) return undefined;
    this.#pending.delete(number);
    this.#deadlines.cancel(number, pending.deadline);
    pending.release?.();
    return pending;
  }

  #expire(number: number): void {
    const pending = this.#pending.get(number);
    if (pending !== undefined) this.reject(number, timedOut(pending));
  }
}

const overloaded = (limit: number): TroupeError =>
  new TroupeError('OVERLOADED', `${limit} asks wait for their answer already (limits.asks).`, {
    retryable: true,
  });

/** Timers of the machine end at 2^31 - 1 ms; a longer one fires at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** @throws TroupeError INVALID_OPTION */
export function checkTimeout(timeout: number): number {
  if (timeout >= 0 && timeout <= MAX_TIMEOUT) return timeout;
  throw new TroupeError('INVALID_OPTION', `A timeout must be 0 to ${MAX_TIMEOUT} ms, got ${timeout}.`);
}

const timedOut = ({ to, type, timeout }: Pending): TroupeError =>
  new TroupeError(
    'TIMEOUT',
    `"${to}" did not answer "${type}" within ${timeout} ms; whether it took effect is unknown.`,
    { retryable: true },
  );

const nodeDied = (to: Address, node: string): TroupeError =>
  new TroupeError(
    'NODE_DOWN',
    `The node "${node}" died while "${to}" was to answer; whether it took effect is unknown.`,
    {
      retryable: true,
    },
  );
