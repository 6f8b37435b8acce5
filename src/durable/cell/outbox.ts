import type { Address } from '../../message/address.ts';
import type { Envelope, Message } from '../../message/envelope.ts';
import { toWire } from '../../message/failure.ts';
import type { TimerHandle } from '../../ports.ts';
import type { Pending } from '../commit.ts';
import { deferred, type Deferred } from './deferred.ts';
import type { Saying, Surroundings } from '../surroundings.ts';

/** A deed that somebody has to confirm. */
type Told = Extract<Pending, { readonly to: Address }>;

interface Unconfirmed {
  readonly deed: Told;
  readonly cause: Envelope | undefined;
  /** How often nobody was found who would take it. */
  refusals: number;
  /** How often it was said. */
  posts: number;
}

export interface OutboxOptions {
  readonly address: Address;
  readonly surroundings: Surroundings;
  /** A question cannot be put: its work ends with this error. */
  readonly unasked: (number: number, error: unknown) => void;
  /** Nothing is unconfirmed any more. */
  readonly emptied: () => void;
}

const MAX_DOUBLINGS = 5;
/** Refusals after which nobody is expected to answer a question, count: where actors are is not agreed upon for a moment when nodes come or go. */
const UNHEARD = 3;

/**
 * Job: what a durable actor has said is taken by its receivers, in the order it was said: said again until it is confirmed (D2). Not its
 * job: that this survives a crash (what is unconfirmed is part of the actor's state).
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #unconfirmed = new Map<number, Unconfirmed>();
  /** The last deed for each receiver; forgotten when nothing is unconfirmed. */
  readonly #lastTo = new Map<Address, number>();
  /** Done, but not yet taken out of the stored state. */
  readonly #done = new Set<number>();
  #timer: TimerHandle;
  #doublings = 0;
  #waiting: Deferred | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#unconfirmed.size === 0;
  }

  /** Are deeds done that the stored state does not know of as done? */
  get hasNews(): boolean {
    return this.#done.size > 0;
  }

  /** The deeds of a state without those that are done. */
  left(outbox: readonly Pending[]): readonly Pending[] {
    return this.#done.size === 0 ? outbox : outbox.filter(({ number }) => !this.#done.has(number));
  }

  /** A state with these deeds is stored: what is not among them is over. */
  stored(outbox: readonly Pending[]): void {
    if (this.#done.size === 0) return;
    const numbers = new Set(outbox.map(({ number }) => number));
    for (const number of this.#done) if (!numbers.has(number)) this.#done.delete(number);
  }

  /** It was done, and nobody has to confirm that. */
  did(number: number): void {
    this.#done.add(number);
  }

  say(deed: Told, cause?: Envelope): void {
    const before = this.#lastTo.get(deed.to) ?? 0;
    this.#unconfirmed.set(deed.number, { deed, cause, refusals: 0, posts: 0 });
    this.#lastTo.set(deed.to, deed.number);
    this.#post(deed, this.#unconfirmed.has(before) ? before : 0, cause);
    this.#arm();
  }

  confirmed(number: number): void {
    if (!this.#unconfirmed.delete(number)) return;
    this.#doublings = 0;
    this.did(number);
    if (this.#unconfirmed.size === 0) this.#rest();
  }

  /** Nobody was found for it; `final`: nor will anybody be. */
  refused(number: number, final: boolean, error: unknown): void {
    const found = this.#unconfirmed.get(number);
    if (found === undefined) return;
    found.refusals += 1;
    const { surroundings, address, unasked } = this.#options;
    const { deed } = found;
    if (!final && this.#mayBeTaken(found)) return;
    if (deed.kind === 'ask') unasked(number, error);
    else surroundings.unsaid('no-such-actor', address, sayingOf(deed, 0), error);
    this.confirmed(number);
  }

  /** Say all that is not confirmed once more, in order. */
  redo(): void {
    const before = new Map<Address, number>();
    for (const { deed, cause } of [...this.#unconfirmed.values()]) {
      if (!this.#unconfirmed.has(deed.number)) continue;
      this.#post(deed, before.get(deed.to) ?? 0, cause);
      if (this.#unconfirmed.has(deed.number)) before.set(deed.to, deed.number);
    }
    this.#arm();
  }

  /** Resolves when nothing is unconfirmed, or after that time, ms. */
  async quiet(ms: number): Promise<void> {
    if (this.isEmpty) return;
    const { clock } = this.#options.surroundings;
    const waiting = (this.#waiting ??= deferred());
    const timer = clock.setTimeout(waiting.resolve, ms);
    await waiting.promise;
    clock.clearTimeout(timer);
  }

  close(): void {
    this.#waiting?.resolve();
    this.#options.surroundings.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#unconfirmed.clear();
    this.#done.clear();
  }

  /** A question has a deadline of its own, and whoever put it is told sooner if surely nobody has heard it. */
  #mayBeTaken({ deed, refusals, posts }: Unconfirmed): boolean {
    if (deed.kind === 'ask' && refusals >= UNHEARD && refusals === posts) return false;
    return refusals < this.#options.surroundings.limits.attempts;
  }

  #post(deed: Told, after: number, cause: Envelope | undefined): void {
    const { surroundings, address } = this.#options;
    const found = this.#unconfirmed.get(deed.number);
    if (found !== undefined) found.posts += 1;
    try {
      surroundings.say(address, { ...sayingOf(deed, after), cause });
    } catch (error) {
      // It will never travel. Where an answer is waited for, the reason is said instead.
      if (deed.kind === 'reply')
        return this.#post(
          { kind: 'refuse', number: deed.number, to: deed.to, error: toWire(error) },
          after,
          cause,
        );
      this.refused(deed.number, true, error);
    }
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#unconfirmed.size === 0) return;
    const { clock, limits } = this.#options.surroundings;
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = undefined;
        this.#doublings = Math.min(MAX_DOUBLINGS, this.#doublings + 1);
        this.redo();
      },
      limits.redo * 2 ** this.#doublings,
      true,
    );
  }

  #rest(): void {
    this.#options.surroundings.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#lastTo.clear();
    this.#waiting?.resolve();
    this.#waiting = undefined;
    this.#options.emptied();
  }
}

function sayingOf(deed: Told, after: number): Saying {
  const { number, to } = deed;
  const once = [number, after] as const;
  switch (deed.kind) {
    case 'send':
    case 'reply':
      return { kind: to.startsWith('?') ? 'response' : 'notification', to, event: deed.event, once };
    case 'refuse':
      return { kind: 'failure', to, event: { type: 'failure', error: deed.error } as Message, once };
    case 'ask':
      return { kind: 'request', to, event: deed.event, once, deadline: deed.due };
  }
}
