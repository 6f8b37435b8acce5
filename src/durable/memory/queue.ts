import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { MemoryDead } from './dead.ts';
import type { Added, Addition, Document, Queues, QueueStore, Waiting } from '../queue-store.ts';

const LIMIT = 1024 * 1024;

interface Stored extends Waiting {
  readonly partition: number;
  readonly body: Uint8Array;
}

/** What a store of the memory keeps of queues, for as long as the process lives: by system. */
export class MemoryQueueData {
  readonly #systems = new Map<
    string,
    { readonly queues: Map<string, MemoryQueue>; readonly dead: MemoryDead }
  >();

  /** The queues of a system, as one node of it sees them: `clock` stamps what this node adds. */
  open(system: string, clock: Clock): Queues {
    let data = this.#systems.get(system);
    if (data === undefined)
      this.#systems.set(system, (data = { queues: new Map(), dead: new MemoryDead(LIMIT) }));
    const { queues, dead } = data;
    const find = (name: string): QueueStore | undefined => queues.get(name)?.at(clock);
    return {
      dead,
      find: async (name) => Promise.resolve(find(name)),
      async open(name, partitions) {
        const there = queues.get(name);
        if (there !== undefined && there.partitions !== partitions)
          throw mismatch(name, there.partitions, partitions);
        if (there === undefined) queues.set(name, new MemoryQueue(name, partitions, clock.now()));
        return Promise.resolve(find(name) as QueueStore);
      },
    };
  }
}

export const mismatch = (name: string, stored: number, wanted: number): TroupeError =>
  new TroupeError(
    'STORE_MISMATCH',
    `The queue "${name}" was made with ${stored} partitions and keeps them: open it with partitions: ${stored}, got ${wanted}.`,
  );

/** One queue in memory: the twin of jetstream-queue.ts. */
class MemoryQueue {
  readonly name: string;
  readonly partitions: number;
  readonly incarnation: string;
  readonly #messages = new Map<number, Stored>();
  readonly #producers = new Map<string, { readonly seq: number; readonly at: number }>();
  readonly #documents = new Map<string, Document>();
  readonly #settled = new Map<number, Map<string, number>>();
  #arrival = new Arrival();
  #last = 0;

  constructor(name: string, partitions: number, now: number) {
    this.name = name;
    this.partitions = partitions;
    this.incarnation = now.toString(36);
  }

  at(clock: Clock): QueueStore {
    const { name, partitions, incarnation } = this;
    return {
      name,
      partitions,
      incarnation,
      limit: LIMIT,
      add: async (message) => this.#add(message, clock.now()),
      read: (partition, signal) => this.#read(partition, signal),
      body: async (seq) => Promise.resolve(this.#messages.get(seq)?.body.slice()),
      remove: async (seq) => Promise.resolve(void this.#messages.delete(seq)),
      count: async () => Promise.resolve(this.#messages.size),
      load: async (document) => Promise.resolve(this.#documents.get(document)),
      save: async (document, bytes, expected) => this.#save(document, bytes, expected),
      settle: async (bucket, id, seq) => this.#settle(bucket, id, seq),
      settled: async (buckets, id) =>
        Promise.resolve(
          buckets.map((bucket) => this.#settled.get(bucket)?.get(id)).find((seq) => seq !== undefined),
        ),
      forget: async (bucket) => Promise.resolve(void this.#settled.delete(bucket)),
    };
  }

  async #add({ body, ...message }: Addition, at: number): Promise<Added> {
    if (body.length > LIMIT) throw tooLarge(this.name, body.length);
    const before = message.id === undefined ? undefined : this.#producers.get(message.id);
    if (before !== undefined && at - before.at < WINDOW) return { seq: before.seq, duplicate: true };
    const seq = ++this.#last;
    this.#messages.set(seq, { ...message, seq, at, body: body.slice() });
    if (message.id !== undefined) this.#producers.set(message.id, { seq, at });
    this.#forgetProducers(at);
    this.#arrival.announce();
    this.#arrival = new Arrival();
    return Promise.resolve({ seq, duplicate: false });
  }

  #forgetProducers(now: number): void {
    for (const [id, { at }] of this.#producers) {
      if (now - at < WINDOW) return;
      this.#producers.delete(id);
    }
  }

  async *#read(partition: number, signal: AbortSignal): AsyncGenerator<Waiting> {
    let seen = 0;
    while (!isAborted(signal)) {
      const arrival = this.#arrival;
      for (; seen < this.#last; seen++) {
        const message = this.#messages.get(seen + 1);
        if (message?.partition !== partition) continue;
        const { seq, key, id, due, at } = message;
        yield { seq, key, id, due, at };
        if (isAborted(signal)) return;
      }
      await arrival.or(signal);
    }
  }

  async #save(document: string, bytes: Uint8Array, expected: number): Promise<number> {
    const last = this.#documents.get(document)?.position ?? 0;
    if (last !== expected)
      throw new TroupeError(
        'FENCED',
        `"${document}" of the queue "${this.name}" is at ${last}, not at ${expected}.`,
      );
    this.#documents.set(document, { position: last + 1, bytes: bytes.slice() });
    return Promise.resolve(last + 1);
  }

  async #settle(bucket: number, id: string, seq: number): Promise<void> {
    const ids = this.#settled.get(bucket) ?? new Map<string, number>();
    this.#settled.set(bucket, ids.set(id, seq));
    return Promise.resolve();
  }
}

/** How long a producer's id is known without regard to what became of the message, ms: JetStream's default duplicate window. */
const WINDOW = 120_000;

const tooLarge = (queue: string, bytes: number): TroupeError =>
  new TroupeError(
    'PAYLOAD_TOO_LARGE',
    `A message for the queue "${queue}" takes ${bytes} bytes, the limit is ${LIMIT}: send a reference to the data instead.`,
  );

/** Asked anew after every wait: a property would be taken for unchanged. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Something that happens once and that many may wait for. */
class Arrival {
  readonly #happened: Promise<void>;
  announce: () => void = () => undefined;

  constructor() {
    this.#happened = new Promise((resolve) => (this.announce = resolve));
  }

  async or(signal: AbortSignal): Promise<void> {
    let stop: () => void = () => undefined;
    const aborted = new Promise<void>((resolve) => {
      stop = resolve;
      signal.addEventListener('abort', stop, { once: true });
    });
    if (signal.aborted) stop();
    await Promise.race([this.#happened, aborted]);
    signal.removeEventListener('abort', stop);
  }
}
