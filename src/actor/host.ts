import { TroupeError } from '../errors.ts';
import type { Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';

/** How an actor ended, as those who watch it are told. */
export interface Ending {
  readonly reason: 'done' | 'stopped' | 'failed' | 'node-down' | 'no-such-actor';
  readonly output?: unknown;
  readonly error?: unknown;
}

export interface AskOptions {
  /** Give up after this, ms. Default `limits.askTimeout`. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the words of a machine (actor/words.ts) reach the world through. */
export interface Host {
  readonly address: Address;
  /** Of work of a durable actor: the same after every crash, and of no other work (D4). */
  readonly key?: string;
  tell(to: Address, event: Message): void;
  /** Answer whoever waits at `to` with an error instead of an event. */
  fail(to: Address, error: unknown): void;
  ask(to: Address, event: Message, options: AskOptions): Promise<Message>;
  watch(address: Address, signal: AbortSignal): Promise<Ending>;
}

/**
 * XState gives every root actor a system of its own, shared by its children and handed to every action and actor logic: it
 * identifies the Troupe actor that a word is spoken in. Keyed weakly by that object, so systems cannot interfere.
 */
const hosts = new WeakMap<object, Host>();

export const setHost = (system: object, host: Host): void => void hosts.set(system, host);

/** @throws TroupeError INVALID_OPTION when a machine that uses a word runs outside a Troupe system. */
export function hostOf(system: object, word: string): Host {
  const host = hosts.get(system);
  if (host !== undefined) return host;
  throw new TroupeError(
    'INVALID_OPTION',
    `"${word}" was used by an actor outside a Troupe system: start it with system.spawn() instead of createActor().`,
  );
}
