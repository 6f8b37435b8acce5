import type { Waiting } from '../../durable/queue-store.ts';
import { parseAddress, type Address } from '../../message/address.ts';
import type { Message } from '../../message/envelope.ts';
import type { Tried } from './ledger.ts';
import { encodeLetter, faultOf } from './letter.ts';
import { decodeBody } from './message.ts';
import { bucketsAt, onceOf, type Work } from './work.ts';

/** Time an actor gets to say its state for a letter, ms. */
const STATE_TIMEOUT = 250;

/** What came of an attempt. */
export type Outcome =
  | { readonly kind: 'taken' }
  /** Nothing was tried: the message is gone, or another one with the same id is done with. */
  | { readonly kind: 'superfluous' }
  | { readonly kind: 'failed'; readonly error: unknown; readonly to?: Address };

/** What can be said of a stored message. */
interface Opened {
  readonly event?: Message;
  readonly raw?: Uint8Array;
  readonly to?: Address;
  readonly error?: unknown;
}

/** @throws TroupeError STORE_UNAVAILABLE when the message cannot be had now: that is no attempt */
export async function attempt(work: Work, message: Waiting, tried: Promise<Tried>): Promise<Outcome> {
  const { host, store, options } = work;
  const [{ attempts }, body, isSuperfluous] = await Promise.all([
    tried,
    store.body(message.seq),
    isDone(work, message),
  ]);
  if (body === undefined || isSuperfluous) return { kind: 'superfluous' };
  const { event, to, error } = open(work, message, attempts, body);
  if (event === undefined || to === undefined) return { kind: 'failed', error };
  try {
    await host.deliver(to, event, { once: onceOf(store, message.seq), timeout: options.ackWait });
    return { kind: 'taken' };
  } catch (cause) {
    return { kind: 'failed', error: cause, to };
  }
}

async function isDone({ host, store, options }: Work, { id, seq }: Waiting): Promise<boolean> {
  if (id === undefined) return false;
  const done = await store.settled(bucketsAt(host.clock.now(), options.dedupe), id);
  return done !== undefined && done !== seq;
}

function open({ store, to }: Work, message: Waiting, attempts: number, body: Uint8Array): Opened {
  let event: Message;
  try {
    event = decodeBody(body);
  } catch (error) {
    return { raw: body, error };
  }
  try {
    const { seq, key, id, at: sent } = message;
    const address =
      typeof to === 'string' ? to : to({ event, queue: store.name, seq, key, id, sent, attempt: attempts });
    parseAddress(address);
    return { event, to: address };
  } catch (error) {
    return { event, error };
  }
}

/** Store a dead letter: the message may be removed after it, not before. */
export async function bury(work: Work, message: Waiting, tried: Tried, error: unknown): Promise<void> {
  const { host, store } = work;
  const body = await store.body(message.seq);
  // Somebody else buried it, and only its removal was not known here.
  if (body === undefined) return;
  const { event, raw, to } = open(work, message, tried.attempts, body);
  const state = to === undefined ? undefined : await host.stateOf(to, STATE_TIMEOUT).catch(() => undefined);
  const letter = {
    queue: store.name,
    seq: message.seq,
    key: message.key,
    messageId: message.id,
    event,
    raw,
    error: faultOf(error),
    attempts: tried.attempts,
    actor: to,
    state,
    node: host.node,
    sent: message.at,
    firstTried: tried.first,
    died: host.clock.now(),
  };
  const { dead } = host.queues;
  await dead.add(store.name, `${store.incarnation}.${message.seq}`, encodeLetter(letter, dead.limit));
}

/** The message is done with: nobody shall try it, nor another one with its id. */
export async function remove({ host, store, options }: Work, { id, seq }: Waiting): Promise<void> {
  if (id !== undefined) await store.settle(bucketsAt(host.clock.now(), options.dedupe)[0], id, seq);
  await store.remove(seq);
}
