import type { Address } from './address.ts';
import type { Stamp } from './clock.ts';

/** What is said: any object with a `type`. XState's EventObject. A type, not an interface, so that it fits records. */
export type Message = { readonly type: string };

/**
 * What a message is for (seed 000, 14.9.3):
 * - `notification` no answer is expected; `request` somebody waits; `response` and `failure` settle a request;
 * - `event` came over the bus; `heartbeat` says a node lives; `control` is between nodes (watch, subscribe, ...);
 * - `delivery` is a notification whose sender waits until it was taken; by a durable actor: committed (D6).
 */
export const kinds = [
  'notification',
  'request',
  'response',
  'failure',
  'event',
  'heartbeat',
  'control',
  'delivery',
] as const;
export type Kind = (typeof kinds)[number];

/**
 * By what a durable receiver knows a message, so as to take it once (D2): an idempotency key that its sender chose; or, from a durable
 * sender, its number (they rise for ever) and that of the message before it to the same receiver that is not confirmed yet, 0 for none.
 */
export type Once = string | readonly [number: number, after: number];

/** An event with everything needed to deliver, order and trace it. */
export interface Envelope {
  readonly kind: Kind;
  /** The node that sent it, and its number there: together the message's id. */
  readonly node: string;
  readonly seq: number;
  readonly to: Address;
  readonly from?: Address | undefined;
  /** Id of the message whose handling sent this one. */
  readonly cause?: string | undefined;
  /** Id of the message that began the conversation, its own for the first; or the address of the actor that began it by itself. */
  readonly correlation?: string | undefined;
  /** Hybrid logical clock at sending. */
  readonly clock: Stamp;
  /** Milliseconds since the epoch after which nobody wants it any more. */
  readonly deadline?: number | undefined;
  /** W3C `traceparent`. */
  readonly trace?: string | undefined;
  readonly once?: Once | undefined;
  readonly event: Message;
  /** The node that forwarded it here, when that is not the one that sent it. Does not travel. */
  readonly via?: string | undefined;
  /** Does the event hold values that msgpack has no form for? Unknown until it was checked. */
  readonly special?: boolean | undefined;
}

/** The id of a message: unique in the cluster, for ever. */
export const idOf = (envelope: Envelope): string => `${envelope.node}.${envelope.seq}`;

/**
 * Where the answer to a request goes, a reply address for this request only: `?<number>@<node>`; to a durable actor, which may be
 * elsewhere by then, `<its address>/?<number>`.
 */
export const replyAddressOf = ({ once, from, seq, node }: Envelope): Address =>
  typeof once === 'object' && from !== undefined ? `${from}/?${once[0]}` : `?${seq}@${node}`;

/** Does its sender wait to hear what became of it? */
export const isAwaited = ({ kind }: Envelope): boolean => kind === 'request' || kind === 'delivery';

/** The number in the id part of a reply address; NaN for anything else. */
export const askNumber = (id: string): number => Number(id.slice(1));

/** The event as the actor gets it. The reply address is not carried: it follows from who asks, and with which message. */
export const deliveredEvent = (envelope: Envelope): Message =>
  envelope.kind === 'request' ? withReplyTo(envelope) : envelope.event;

const withReplyTo = (request: Envelope): Message & { readonly replyTo: Address } => ({
  ...request.event,
  replyTo: replyAddressOf(request),
});

export const correlationOf = (envelope: Envelope): string => envelope.correlation ?? idOf(envelope);

const INTERNAL = 'xstate.';

/**
 * Event types that XState keeps for itself (done, error, after, init, stop), never accepted from outside; and its wildcard, which
 * is a pattern of transitions and fails the machine that is sent it.
 */
export const isInternal = (type: string): boolean => type.startsWith(INTERNAL) || type === '*';
