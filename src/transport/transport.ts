import type { Clock, Logger } from '../ports.ts';

/**
 * The port to the network: publish and subscribe bytes by subject, as NATS core does. What the port promises
 * (one contract test, test/contract/transport.ts, holds for every implementation):
 *
 * - L1 between one publisher and one subscriber, order is kept;
 * - L2 `publish` never throws for want of a connection: while `connected` is false nothing is sent, the caller waits;
 * - L3 a message that arrives while connected arrives whole and unchanged, or not at all;
 * - L4 when nobody subscribes to a subject published with `unheard`, that callback is told (soon, not always);
 * - L5 of the subscribers that share a group, one gets each message.
 */
export interface Link {
  readonly connected: boolean;
  /** Largest message, bytes. */
  readonly maxPayload: number;
  /**
   * @param bytes must not be changed afterwards
   * @param unheard one for each subject: the first that is given for a subject is kept
   */
  publish(subject: string, bytes: Uint8Array, unheard?: () => void): void;
  subscribe(subject: string, onMessage: OnMessage, group?: string): Unsubscribe;
  /** Send what was published, stop receiving, disconnect. */
  close(): Promise<void>;
}

export type OnMessage = (bytes: Uint8Array, subject: string) => void;
export type Unsubscribe = () => void;

export interface LinkOptions {
  /** Name to show on the server. */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Give up connecting after this, ms. */
  readonly timeout: number;
  /** The connection was lost or is back. Not called for the first connection nor for `close`. */
  readonly onStatus: (connected: boolean) => void;
  /** The connection is gone for good. */
  readonly onClosed: (error: Error | undefined) => void;
}

/** A way to reach other nodes: `local()` or, from 'troupe/nats', `nats()`. */
export interface Transport {
  readonly name: string;
  connect(options: LinkOptions): Promise<Link>;
  /** Resolves when nodes that are already there have had time to answer a hello. */
  settle(clock: Clock): Promise<void>;
}
