import type { Address } from './address.ts';
import type { Stamp } from './clock.ts';

/** What is said: any object with a `type`. XState's EventObject. A type, not an interface, so that it fits records. */
export type Message = { readonly type: string };

/**
 * What a message is for (seed 000, 14.9.3):
 * - `notification` no answer is expected; `request` somebody waits; `response` and `failure` settle a request;
 * - `event` came over the bus; `heartbeat` says a node lives; `control` is between nodes (watch, subscribe, ...).
 */
export const kinds = [
  'notification',
  'request',
  'response',
  'failure',
  'event',
  'heartbeat',
  'control',
] as const;
export type Kind = (typeof kinds)[number];

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
  /** Id of the message that began the conversation; the message's own id for the first. */
  readonly correlation?: string | undefined;
  /** Hybrid logical clock at sending. */
  readonly clock: Stamp;
  /** Milliseconds since the epoch after which nobody wants it any more. */
  readonly deadline?: number | undefined;
  /** W3C `traceparent`. */
  readonly trace?: string | undefined;
  readonly event: Message;
  /** Does the event hold values that msgpack has no form for? Unknown until it was checked. */
  readonly special?: boolean | undefined;
}

/** The id of a message: unique in the cluster, for ever. */
export const idOf = (envelope: Envelope): string => `${envelope.node}.${envelope.seq}`;

/** Where the answer to a request goes: `?<number>@<node>`, a reply address for this request only. */
export const replyAddressOf = (request: Envelope): Address => `?${request.seq}@${request.node}`;

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
