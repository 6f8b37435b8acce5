import { checkKnown, TroupeError } from '../../errors.ts';
import { checkName, parseAddress } from '../../message/address.ts';
import type { Message } from '../../message/envelope.ts';
import type { QueueStore } from '../../durable/queue-store.ts';
import { QueueConsumer, type Consumer } from './consumer.ts';
import { DeadLetterBox } from './dead-letter-box.ts';
import { RESERVE } from './letter.ts';
import { checkText, encodeBody } from './message.ts';
import { checkWhole, resolveOptions, type QueueOptions, type ResolvedQueueOptions } from './options.ts';
import { hashOf } from './roster.ts';
import type { Destination, QueueHost } from './work.ts';

export interface SendOptions {
  /** Of the messages with one key at most one is under way, and they are handled in the order of sending. */
  readonly key?: string;
  /** Not to be handled before so many ms have passed. */
  readonly delay?: number;
  /**
   * Idempotency key: of messages with one id (and one key) one is handled. Holds while one waits, two minutes after it was sent, and
   * `dedupe` ms after it was done with.
   */
  readonly id?: string;
}

export interface Receipt {
  /** Number of the message in the queue. */
  readonly seq: number;
  /** It was sent before: this one was not stored again. */
  readonly duplicate: boolean;
}

export interface ConsumeOptions {
  /** Messages under way at a time, count. Default: that of the queue. */
  readonly concurrency?: number;
}

/** A named work queue, the same for all nodes of a system. */
export class Queue<TEvent extends Message = Message> {
  readonly name: string;
  readonly deadLetters: DeadLetterBox;
  readonly #host: QueueHost;
  readonly #store: QueueStore;
  readonly #options: ResolvedQueueOptions;
  readonly #consumers = new Set<Consumer>();
  #sent = 0;
  #closed = false;

  private constructor(host: QueueHost, store: QueueStore, options: ResolvedQueueOptions) {
    this.name = store.name;
    this.deadLetters = new DeadLetterBox(host.queues, store.name);
    this.#host = host;
    this.#store = store;
    this.#options = options;
    // Each producer begins elsewhere: messages without a key spread over the partitions.
    this.#sent = Math.floor(host.random() * store.partitions);
  }

  /** @throws TroupeError INVALID_OPTION, STORE_MISMATCH, STORE_UNAVAILABLE, STORE_DENIED */
  static async open<TEvent extends Message>(
    host: QueueHost,
    name: string,
    options?: QueueOptions,
  ): Promise<Queue<TEvent>> {
    const resolved = resolveOptions(options);
    return new Queue<TEvent>(
      host,
      await host.queues.open(checkName(name, 'queue name'), resolved.partitions),
      resolved,
    );
  }

  /**
   * Resolves when the message is stored: from then on it is handled, or becomes a dead letter, whatever crashes.
   * @throws TroupeError INVALID_EVENT, UNSERIALIZABLE, INVALID_OPTION, PAYLOAD_TOO_LARGE, STORE_UNAVAILABLE (then it may be stored or
   * not: send it again with the same `id`), STORE_FULL, STORE_DENIED, SYSTEM_STOPPED
   */
  async send(event: TEvent, options: SendOptions = {}): Promise<Receipt> {
    this.#assertOpen();
    checkKnown(options, ['key', 'delay', 'id'], 'send');
    const key = options.key === undefined ? undefined : checkText(options.key, 'key');
    const id = options.id === undefined ? undefined : checkText(options.id, 'id');
    const body = encodeBody(event, this.#host.check(event));
    if (body.length > this.#store.limit - RESERVE)
      throw tooLarge(this.name, event.type, body.length, this.#store.limit - RESERVE);
    return this.#store.add({
      partition: this.#partitionOf(key ?? id),
      key,
      id,
      due: this.#due(options.delay),
      body,
    });
  }

  /**
   * Have messages handled by actors. Each is delivered to the actor that `to` names and removed when that has handled it, or, being
   * durable, committed it. Any number of consumers, on any nodes, share the work.
   * @throws TroupeError INVALID_ADDRESS, INVALID_OPTION, STORE_UNAVAILABLE, STORE_DENIED, SYSTEM_STOPPED
   */
  async consume(to: Destination<TEvent>, options: ConsumeOptions = {}): Promise<Consumer> {
    this.#assertOpen();
    checkKnown(options, ['concurrency'], 'consume');
    const { concurrency = this.#options.concurrency } = options;
    checkWhole('concurrency', concurrency, Number.MAX_SAFE_INTEGER);
    if (typeof to !== 'function') parseAddress(to);
    const name = `${this.#host.node}.${Math.floor(this.#host.random() * 2 ** 48).toString(36)}`;
    const work = {
      host: this.#host,
      store: this.#store,
      options: { ...this.#options, concurrency },
      // What is stored in a queue is what was sent to it: the types say so on both sides.
      to: to as Destination,
    };
    const consumer = new QueueConsumer(name, work);
    this.#consumers.add(consumer);
    return consumer.start();
  }

  /** Messages that wait, are delayed or under way, count. */
  async size(): Promise<number> {
    return this.#store.count();
  }

  /** Stop the consumers that were started here. The queue and its messages stay. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#consumers].map(async (consumer) => consumer.stop()));
  }

  #assertOpen(): void {
    if (this.#closed)
      throw new TroupeError('SYSTEM_STOPPED', `The queue "${this.name}" was closed here: open it again.`);
  }

  #partitionOf(text: string | undefined): number {
    return (text === undefined ? this.#sent++ : hashOf(text)) % this.#store.partitions;
  }

  #due(delay: number | undefined): number | undefined {
    if (delay === undefined) return undefined;
    if (Number.isFinite(delay) && delay >= 0 && delay <= FARTHEST)
      return Math.ceil(this.#host.clock.now() + delay);
    throw new TroupeError(
      'INVALID_OPTION',
      `The delay of a message must be 0 to ${FARTHEST} ms, got ${String(delay)}.`,
    );
  }
}

/** A hundred years, ms. */
const FARTHEST = 100 * 365 * 24 * 3_600_000;

const tooLarge = (queue: string, type: string, bytes: number, limit: number): TroupeError =>
  new TroupeError(
    'PAYLOAD_TOO_LARGE',
    `The event "${type}" for the queue "${queue}" takes ${bytes} bytes, the limit is ${limit}: send a reference to the data instead.`,
  );
