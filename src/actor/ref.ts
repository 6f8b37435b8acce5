import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import type { Clock } from '../ports.ts';
import { checkTimeout } from './asks.ts';
import type { AskOptions, Ending } from './host.ts';
import type { AskType, EventOf, Logic, Question, Reply, View } from './logic.ts';

/** What a ref reaches actors through. */
export interface Courier {
  readonly clock: Clock;
  send(to: Address, event: Message): void;
  ask(to: Address, event: Message, options: AskOptions): Promise<Message>;
  observe(to: Address, observer: Observer): () => void;
  stop(to: Address): Promise<void>;
  deliver(to: Address, event: Message, options: DeliverOptions): Promise<void>;
}

export interface DeliverOptions extends AskOptions {
  /** Idempotency key: of all deliveries with one key, a durable actor takes one (of its last `limits.keys` keys). */
  readonly once?: string | undefined;
}

export interface Observer {
  /** Each snapshot, the present one first; leave out to hear of the end only. */
  readonly next?: (view: View) => void;
  readonly end: (ending: Ending) => void;
}

export interface Subscriber<TLogic extends Logic> {
  next?(view: View<TLogic>): void;
  /** The actor failed, its node died, or there is no such actor. */
  error?(error: TroupeError): void;
  /** The actor is done or was stopped. */
  complete?(): void;
}

export interface Subscription {
  unsubscribe(): void;
}

/** What all refs have, whatever their actor understands: take this where the kind of actor does not matter. */
export interface AnyRef {
  readonly address: Address;
  /** Be told, once, how the actor ended; also when its node dies (A3). */
  watch(listener: (ending: Ending) => void): Subscription;
  /** End the actor. Resolves when it has ended; also when there is none. */
  stop(): Promise<void>;
}

/** How to reach an actor, wherever it lives. Cheap to make, safe to keep, never dangling: it is only an address with types. */
export interface Ref<TLogic extends Logic = Logic> extends AnyRef {
  /**
   * Send an event, fire and forget: at most once, in order. What cannot be delivered becomes a dead letter.
   * @throws TroupeError INVALID_EVENT, UNSERIALIZABLE, PAYLOAD_TOO_LARGE
   */
  send(event: EventOf<TLogic>): void;
  /**
   * Send an event and wait for its answer (`reply` in the machine).
   * Rejects with a TroupeError: TIMEOUT, NO_SUCH_ACTOR, ACTOR_FAILED, NODE_DOWN, or the code the other side answered with.
   */
  ask<TType extends AskType<TLogic>>(
    event: Question<TLogic, TType> & { readonly type: TType },
    options?: AskOptions,
  ): Promise<Reply<TLogic, TType>>;
  /**
   * Send an event and wait until it was taken: handled by a live actor, committed by a durable one (D6). Tried once: give a `once` and
   * deliver again after an error that is `retryable`.
   * Rejects with a TroupeError: TIMEOUT, NO_SUCH_ACTOR, ACTOR_FAILED, ACTOR_STOPPED, NODE_DOWN, or the code of the store.
   */
  deliver(event: EventOf<TLogic>, options?: DeliverOptions): Promise<void>;
  /** Snapshots, the present one first. Those that follow each other within a tick may come as the last of them. */
  subscribe(observer: Subscriber<TLogic> | ((view: View<TLogic>) => void)): Subscription;
  /** The present snapshot. */
  snapshot(options?: AskOptions): Promise<View<TLogic>>;
  /**
   * The first snapshot that satisfies a predicate.
   * Rejects with TIMEOUT after `timeout` ms (default: never), ACTOR_STOPPED when the actor ends before.
   */
  waitFor(predicate: (view: View<TLogic>) => boolean, options?: AskOptions): Promise<View<TLogic>>;
}

/** Methods on a prototype: a hundred thousand refs cost two fields each. */
class ActorRef<TLogic extends Logic> implements Ref<TLogic> {
  readonly address: Address;
  readonly #courier: Courier;

  constructor(courier: Courier, address: Address) {
    this.address = address;
    this.#courier = courier;
  }

  send(event: EventOf<TLogic>): void {
    this.#courier.send(this.address, event);
  }

  // Not async: one promise per ask instead of four; this is the hot path.
  ask(event: Message, options: AskOptions = {}): Promise<never> {
    return this.#courier.ask(this.address, event, options) as Promise<never>;
  }

  deliver(event: EventOf<TLogic>, options: DeliverOptions = {}): Promise<void> {
    return this.#courier.deliver(this.address, event, options);
  }

  subscribe(observer: Subscriber<TLogic> | ((view: View<TLogic>) => void)): Subscription {
    return subscribe(
      this.#courier,
      this.address,
      typeof observer === 'function' ? { next: observer } : observer,
    );
  }

  async snapshot(options: AskOptions = {}): Promise<View<TLogic>> {
    return first(this.#courier, this.address, () => true, options) as Promise<View<TLogic>>;
  }

  async waitFor(predicate: (view: View<TLogic>) => boolean, options: AskOptions = {}): Promise<View<TLogic>> {
    const satisfies = predicate as (view: View) => boolean;
    return first(this.#courier, this.address, satisfies, options) as Promise<View<TLogic>>;
  }

  watch(listener: (ending: Ending) => void): Subscription {
    return { unsubscribe: this.#courier.observe(this.address, { end: listener }) };
  }

  async stop(): Promise<void> {
    return this.#courier.stop(this.address);
  }
}

export const createRef = <TLogic extends Logic>(courier: Courier, address: Address): Ref<TLogic> =>
  new ActorRef<TLogic>(courier, address);

function subscribe<TLogic extends Logic>(
  courier: Courier,
  address: Address,
  observer: Subscriber<TLogic>,
): Subscription {
  const unsubscribe = courier.observe(address, {
    next: (view) => observer.next?.(view as View<TLogic>),
    end: (ending) => {
      if (ending.reason === 'done' || ending.reason === 'stopped') observer.complete?.();
      else observer.error?.(endingError(address, ending));
    },
  });
  return { unsubscribe };
}

async function first(
  courier: Courier,
  address: Address,
  predicate: (view: View) => boolean,
  { timeout, signal }: AskOptions,
): Promise<View> {
  signal?.throwIfAborted();
  if (timeout !== undefined) checkTimeout(timeout);
  let release = (): void => undefined;
  const found = new Promise<View>((resolve, reject) => {
    const abort = (): void => reject(signal?.reason);
    const timer =
      timeout === undefined
        ? undefined
        : courier.clock.setTimeout(() => reject(neverSeen(address, timeout)), timeout);
    signal?.addEventListener('abort', abort, { once: true });
    const unsubscribe = courier.observe(address, {
      next: (view) => check(view, predicate, resolve, reject),
      end: (ending) => reject(endingError(address, ending)),
    });
    release = () => {
      unsubscribe();
      courier.clock.clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    };
  });
  return found.finally(() => release());
}

function check(
  view: View,
  predicate: (view: View) => boolean,
  resolve: (view: View) => void,
  reject: (error: unknown) => void,
): void {
  try {
    if (predicate(view)) resolve(view);
  } catch (error) {
    reject(error);
  }
}

/** The error that an ending is for those who expected the actor to go on. */
function endingError(address: Address, { reason, error }: Ending): TroupeError {
  switch (reason) {
    case 'no-such-actor':
      return noSuchActor(address);
    case 'node-down':
      return new TroupeError('NODE_DOWN', `The node of "${address}" died.`, { retryable: true });
    case 'failed':
      return new TroupeError(
        'ACTOR_FAILED',
        `"${address}" failed: ${error instanceof Error ? error.message : String(error)}`,
        { cause: error, retryable: true },
      );
    case 'done':
    case 'stopped':
      return new TroupeError(
        'ACTOR_STOPPED',
        `"${address}" ended (${reason}) before the state that was waited for.`,
      );
  }
}

export const noSuchActor = (address: Address, detail = ''): TroupeError =>
  new TroupeError(
    'NO_SUCH_ACTOR',
    `There is no actor "${address}"${detail}: check the address, or spawn it first.`,
    { retryable: true },
  );

const neverSeen = (address: Address, timeout: number): TroupeError =>
  new TroupeError(
    'TIMEOUT',
    `"${address}" did not reach the state that was waited for within ${timeout} ms.`,
    { retryable: true },
  );
