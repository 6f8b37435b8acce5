import type { Envelope } from '../message/envelope.ts';
import type { Clock } from '../ports.ts';

/** What a message is delivered to: an actor, or an XState child of one. */
export interface Receiver {
  /** Messages in the queue of turns. */
  waiting: number;
  /** @returns false when the actor failed over this message */
  handle(envelope: Envelope): boolean;
}

interface Turn {
  readonly receiver: Receiver;
  readonly envelope: Envelope;
}

/**
 * Job: whose turn it is. One event at a time, one actor at a time (A1), in the order they were sent.
 *
 * A message from outside is handled at once, as XState's `send` does; one sent by an actor in its turn waits until that turn
 * is over, so a conversation between actors takes a constant depth of stack, and what an actor says in a turn that fails is
 * never said. After `turnsPerTick` turns the event loop gets its turn.
 */
export class Turns {
  /** The message being handled: the cause of what is sent meanwhile. */
  current: Envelope | undefined;
  /** Messages handled so far. */
  handled = 0;
  readonly #perTick: number;
  readonly #clock: Clock;
  readonly #post: (envelope: Envelope) => void;
  #queue: Turn[] = [];
  #head = 0;
  #running = false;
  #yielded = false;
  #said: Envelope[] = [];

  /** @param post delivers what an actor said in its turn */
  constructor(perTick: number, clock: Clock, post: (envelope: Envelope) => void) {
    this.#perTick = perTick;
    this.#clock = clock;
    this.#post = post;
  }

  /** Let a receiver handle a message: now, or after the turns that wait. */
  take(receiver: Receiver, envelope: Envelope): void {
    if (this.#running || this.#yielded) {
      receiver.waiting++;
      this.#queue.push({ receiver, envelope });
      return;
    }
    this.#running = true;
    this.#turn(receiver, envelope);
    if (this.#queue.length > 0) this.#drain();
    else this.#running = false;
  }

  /** An actor says something: posted when its turn has succeeded, or at once outside of a turn (timers, promises). */
  say(envelope: Envelope): void {
    if (this.current === undefined) this.#post(envelope);
    else this.#said.push(envelope);
  }

  #turn(receiver: Receiver, envelope: Envelope): void {
    this.current = envelope;
    this.handled++;
    const succeeded = receiver.handle(envelope);
    this.current = undefined;
    if (this.#said.length === 0) return;
    const said = this.#said;
    this.#said = [];
    if (succeeded) for (const each of said) this.#post(each);
  }

  #drain(): void {
    let left = this.#perTick;
    while (this.#head < this.#queue.length && left-- > 0) {
      const { receiver, envelope } = this.#queue[this.#head++] as Turn;
      receiver.waiting--;
      this.#turn(receiver, envelope);
    }
    this.#running = false;
    this.#queue = this.#queue.slice(this.#head);
    this.#head = 0;
    if (this.#queue.length > 0) this.#yield();
  }

  #yield(): void {
    this.#yielded = true;
    this.#clock.setImmediate(() => {
      this.#yielded = false;
      this.#running = true;
      this.#drain();
    });
  }
}
