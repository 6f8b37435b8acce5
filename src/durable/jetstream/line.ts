import type { Msg, MsgHdrs, NatsConnection, Subscription } from 'nats';
import { createInbox } from 'nats';
import type { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';

/**
 * Why a call got no answer. Only after `unsent` is it certain that the server does not have it.
 * An error: it cannot be made at all (no permission, closed).
 */
export type Failure = 'unsent' | 'silent' | 'disconnected' | TroupeError;

/** A request to the server. The line calls exactly one of `answered` (until it says that it is done) and `failed`. */
export interface Call {
  readonly subject: string;
  readonly payload: Uint8Array;
  readonly headers?: Headers;
  /** Not to be waited for any longer, ms since the epoch. */
  readonly deadline: number;
  /** The answers come under subjects of their own, as the messages of a stream do: listen for them apart. */
  readonly apart?: boolean;
  /** @returns whether this was the last answer */
  answered(message: Msg): boolean;
  failed(failure: Failure): void;
}

/** All the client wants of headers when it publishes: far cheaper than its own class, which builds them from a map. */
export interface Headers {
  encode(): Uint8Array;
}

export interface LineOptions {
  readonly connection: NatsConnection;
  readonly inboxPrefix: string | undefined;
  readonly clock: Clock;
  /** Calls that wait for an answer at one time, count. Servers refuse floods (429, or silently). */
  readonly window: number;
  /** Silence that puts an answer in doubt, ms. */
  readonly patience: number;
}

/** How often overdue calls are looked for, ms: one timer for all of them. */
const SWEEP = 50;

interface Flight {
  readonly call: Call;
  due: number;
  readonly subscription: Subscription | undefined;
}

/**
 * Requests over one reply inbox with a window of its own, several times as fast as the client's `request` (a timer and two promises
 * for each) and `js.publish` (that, and headers).
 *
 * 1. While disconnected nothing is sent: the client would drop it without a word. Calls wait.
 * 2. When the connection is lost, every call on its way fails at once, for the client forgets what it had not sent.
 * 3. An answer that comes after its call has failed is ignored.
 */
export class Line {
  readonly #options: LineOptions;
  readonly #root: string;
  readonly #waiting = new Set<Call>();
  readonly #flights = new Map<number, Flight>();
  #number = 0;
  #connected = true;
  #broken: TroupeError | undefined;
  #sweeping = false;
  #idle: (() => void)[] = [];

  constructor(options: LineOptions) {
    this.#options = options;
    this.#root = `${createInbox(options.inboxPrefix)}.`;
    options.connection.subscribe(`${this.#root}*`, {
      callback: (error, message) => {
        if (error === null) this.#receive(Number(message.subject.slice(this.#root.length)), message);
      },
    });
  }

  /** Subject that the answers come to, as errors name it. */
  get inbox(): string {
    return `${this.#root}*`;
  }

  send(call: Call): void {
    if (this.#broken !== undefined) call.failed(this.#broken);
    else if (this.#connected && this.#flights.size < this.#options.window) this.#dispatch(call);
    else {
      this.#waiting.add(call);
      this.#watch();
    }
  }

  lost(): void {
    this.#connected = false;
    for (const number of [...this.#flights.keys()]) this.#fail(number, 'disconnected');
    this.#rest();
  }

  back(): void {
    this.#connected = true;
    this.#fill();
  }

  /** The server refuses a subject: it says so apart from the calls, by name. */
  refused(subject: string, error: TroupeError): void {
    for (const [number, { call }] of this.#flights) {
      if (call.subject === subject) this.#fail(number, error);
    }
    this.#fill();
  }

  /** From now on every call fails with this error. */
  break(error: TroupeError): void {
    this.#broken ??= error;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const call of waiting) call.failed(this.#broken);
    for (const number of [...this.#flights.keys()]) this.#fail(number, this.#broken);
    this.#rest();
  }

  /** Resolves when no call waits for an answer. */
  async idle(): Promise<void> {
    if (this.#flights.size === 0 && this.#waiting.size === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #dispatch(call: Call): void {
    const { connection, clock, patience, inboxPrefix } = this.#options;
    const number = ++this.#number;
    const reply = call.apart === true ? createInbox(inboxPrefix) : `${this.#root}${number}`;
    const due = Math.min(call.deadline, clock.now() + patience);
    try {
      const subscription = call.apart === true ? this.#listen(reply, number) : undefined;
      this.#flights.set(number, { call, due, subscription });
      const { headers } = call;
      const options = headers === undefined ? { reply } : { reply, headers: headers as unknown as MsgHdrs };
      connection.publish(call.subject, call.payload, options);
    } catch {
      // The connection is closing, or this server takes less than the one before: nothing went out.
      if (!this.#fail(number, 'unsent')) call.failed('unsent');
    }
    this.#watch();
  }

  #listen(inbox: string, number: number): Subscription {
    return this.#options.connection.subscribe(inbox, {
      callback: (error, message) => {
        if (error === null) this.#receive(number, message);
      },
    });
  }

  #receive(number: number, message: Msg): void {
    const flight = this.#flights.get(number);
    if (flight === undefined) return;
    if (flight.call.answered(message)) {
      this.#flights.delete(number);
      flight.subscription?.unsubscribe();
      this.#fill();
    } else flight.due = Math.min(flight.call.deadline, this.#options.clock.now() + this.#options.patience);
  }

  #fail(number: number, failure: Failure): boolean {
    const flight = this.#flights.get(number);
    if (flight === undefined) return false;
    this.#flights.delete(number);
    flight.subscription?.unsubscribe();
    flight.call.failed(failure);
    return true;
  }

  #fill(): void {
    if (this.#waiting.size > 0 && this.#connected) {
      for (const call of this.#waiting) {
        if (this.#flights.size >= this.#options.window) break;
        this.#waiting.delete(call);
        this.#dispatch(call);
      }
    }
    this.#rest();
  }

  #rest(): void {
    if (this.#idle.length === 0 || this.#flights.size > 0 || this.#waiting.size > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  #watch(): void {
    if (this.#sweeping) return;
    this.#sweeping = true;
    this.#options.clock.setTimeout(() => this.#sweep(), SWEEP, true);
  }

  #sweep(): void {
    this.#sweeping = false;
    const now = this.#options.clock.now();
    for (const [number, { due }] of this.#flights) if (due <= now) this.#fail(number, 'silent');
    for (const call of this.#waiting) {
      if (call.deadline <= now && this.#waiting.delete(call)) call.failed('unsent');
    }
    this.#fill();
    if (this.#flights.size > 0 || this.#waiting.size > 0) this.#watch();
  }
}
