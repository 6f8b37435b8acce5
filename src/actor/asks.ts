import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';
import { fromWire } from '../message/failure.ts';
import type { Clock, TimerHandle } from '../ports.ts';

interface Pending {
  readonly to: Address;
  readonly type: string;
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
  readonly #node: string;
  readonly #limit: number;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  #number = 0;

  constructor(node: string, limit: number, clock: Clock) {
    this.#node = node;
    this.#limit = limit;
    this.#clock = clock;
  }

  /**
   * Wait for the answer to a question.
   * @param send sends the event with the `replyTo` it is given; what it throws is the outcome
   */
  async ask(question: Question, send: (event: Message, replyTo: string) => void): Promise<Message> {
    question.signal?.throwIfAborted();
    if (this.#pending.size >= this.#limit) {
      throw new TroupeError(
        'OVERLOADED',
        `${this.#limit} asks wait for their answer already (limits.asks).`,
        { retryable: true },
      );
    }
    const key = `?${++this.#number}`;
    return new Promise<Message>((resolve, reject) => {
      this.#pending.set(key, this.#waiting(key, question, resolve, reject));
      const replyTo = `${key}@${this.#node}`;
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
    const at = replyTo.indexOf('@');
    if (replyTo.slice(at + 1) === this.#node) this.#take(replyTo.slice(0, at))?.reject(error);
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
    if (signal === undefined) return { to, type: event.type, resolve, reject, timer, release: undefined };
    const abort = (): void => this.#take(key)?.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    return {
      to,
      type: event.type,
      resolve,
      reject,
      timer,
      release: () => signal.removeEventListener('abort', abort),
    };
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
