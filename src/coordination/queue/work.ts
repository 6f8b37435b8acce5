import type { QueueStore, Queues } from '../../durable/queue-store.ts';
import type { Address } from '../../message/address.ts';
import type { Message } from '../../message/envelope.ts';
import type { Clock, Logger, Random } from '../../ports.ts';
import type { QueueMessage } from './message.ts';
import type { ResolvedQueueOptions } from './options.ts';

/** What queues need of the node they are on. */
export interface QueueHost {
  /** The node's name, unique in the cluster. */
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly queues: Queues;
  /** Whether an event holds values that msgpack has no form for. @throws TroupeError INVALID_EVENT, UNSERIALIZABLE */
  check(event: Message): boolean;
  /**
   * Resolves when the receiver has taken the event; a durable one: committed it. Rejects with a TroupeError otherwise.
   * @param options.once a durable receiver takes one message with the same `once`
   * @param options.timeout ms
   */
  deliver(
    to: Address,
    event: Message,
    options: { readonly once: string; readonly timeout: number },
  ): Promise<void>;
  /** The actor's state value. @param timeout ms */
  stateOf(address: Address, timeout: number): Promise<unknown>;
}

/** An address, or where a message goes by what it is. */
export type Destination<TEvent extends Message = Message> =
  Address | ((message: QueueMessage<TEvent>) => Address);

/** What all partitions of one consumer share. */
export interface Work {
  readonly host: QueueHost;
  readonly store: QueueStore;
  readonly options: ResolvedQueueOptions;
  readonly to: Destination;
  /** Something may be tried now that could not before. */
  readonly wake: () => void;
}

/** Wait. A background timer does not keep the process alive. */
export const pause = async (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const done = (): void => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
  });

/** By what a durable receiver knows a message: its number alone would come again in a queue that was deleted and made anew. */
export const onceOf = ({ name, incarnation }: QueueStore, seq: number): string =>
  `queue/${name}/${incarnation}/${seq}`;

/** The buckets that may hold the id of a message that is done with, the present one first. Each spans `dedupe` ms. */
export const bucketsAt = (now: number, dedupe: number): readonly [number, number] => {
  const bucket = Math.floor(now / dedupe);
  return [bucket, bucket - 1];
};
