import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';
import { fromWire } from '../message/failure.ts';
import type { Clock, TimerHandle } from '../ports.ts';

interface Pending {
  readonly to: Address;
  /** The node that the question was sent to. */
  node: string | undefined;
  readonly resolve: (reply: Message) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: TimerHandle;
  readonly release: (() => void) | undefined;
}

export interface Question {
  readonly to: Address;
  readonly event: Message;
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

/** Those who wait for an answer. T3: every ask settles exactly once, by reply, typed error or timeout. */
export class Asks {
  /** What ends the reply addresses of this node. */
  readonly #suffix: string;
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  #number = 0;

  constructor(node: string, limit: number, clock: Clock) {
    this.#suffix = `@${node}`;
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Wait for the answer to a question.
   * @param send sends the event with the `replyTo` it is given; what it throws is the outcome
   */
  // Not async: one promise per ask instead of four; this is the hot path.
  ask(question: Question, send: (event: Message, replyTo: string) => void): Promise<Message> {
    const key = `?${++this.#number}`;
    return new Promise<Message>((resolve, reject) => {
      question.signal?.throwIfAborted();
      if (this.#pending.size >= this.#limit) throw overloaded(this.#limit);
      this.#pending.set(key, this.#waiting(key, question, resolve, reject));
      const replyTo = `${key}${this.#suffix}`;
      try {
        send({ ...question.event, replyTo } as Message, replyTo);
      } catch (error) {
        this.#take(key)?.reject(error);
      }
    });
  }

  /** @returns false when nobody waits for it any more */
  settle(id: string, envelope: Envelope): boolean {
    const pending = this.#take(id);
    if (pending === undefined) return false;
    if (envelope.kind === 'failure') pending.reject(fromWire((envelope.event as { error?: unknown }).error));
    else pending.resolve(envelope.event);
    return true;
  }

  /** The message could not be delivered. */
  fail(replyTo: string, error: TroupeError): void {
    if (replyTo.endsWith(this.#suffix)) this.#take(replyTo.slice(0, -this.#suffix.length))?.reject(error);
  }

  /** The question left for that node: should the node die, nobody will answer. */
  sentTo(node: string, { event }: Envelope): void {
    const { replyTo } = event as { replyTo?: string };
    if (replyTo?.endsWith(this.#suffix) !== true) return;
    const pending = this.#pending.get(replyTo.slice(0, -this.#suffix.length));
    if (pending !== undefined) pending.node = node;
  }

  nodeDown(node: string): void {
    for (const [key, pending] of this.#pending) {
      if (pending.node === node) this.#take(key)?.reject(nodeDied(pending.to, node));
    }
  }

  close(error: TroupeError): void {
    for (const key of [...this.#pending.keys()]) this.#take(key)?.reject(error);
  }

  #waiting(
    key: string,
    { to, event, timeout, signal }: Question,
    resolve: (reply: Message) => void,
    reject: (error: unknown) => void,
  ): Pending {
    const timer = this.#clock.setTimeout(() => {
      this.#take(key);
      reject(timedOut(to, event.type, timeout));
    }, timeout);
    const pending = { to, node: undefined, resolve, reject, timer };
    if (signal === undefined) return { ...pending, release: undefined };
    const abort = (): void => this.#take(key)?.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    return { ...pending, release: () => signal.removeEventListener('abort', abort) };
  }

  #take(key: string): Pending | undefined {
    const pending = this.#pending.get(key);
    if (pending === undefined) return undefined;
    this.#pending.delete(key);
    this.#clock.clearTimeout(pending.timer);
    pending.release?.();
    return pending;
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

const timedOut = (to: Address, type: string, timeout: number): TroupeError =>
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
