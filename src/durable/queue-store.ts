/**
 * The work queues of a system. A store that has none leaves `Journal.queues` out. Errors of all operations: STORE_UNAVAILABLE
 * (retryable), STORE_FULL, STORE_DENIED, and where they are named.
 */
export interface Queues {
  /**
   * Open a queue, made if it is not there.
   * @param partitions a queue keeps the number it was made with: STORE_MISMATCH for another
   */
  open(name: string, partitions: number): Promise<QueueStore>;
  /** A queue that is there. */
  find(name: string): Promise<QueueStore | undefined>;
  readonly dead: DeadStore;
}

/** What a producer stores. */
export interface Addition {
  readonly partition: number;
  readonly key?: string | undefined;
  /** Idempotency key of the producer. */
  readonly id?: string | undefined;
  /** Not to be handled before, ms since the epoch. */
  readonly due?: number | undefined;
  readonly body: Uint8Array;
}

export interface Added {
  /** Number of the message in its queue: rises. */
  readonly seq: number;
  /** A message with this id was stored not long ago, and this one was not: `seq` is that one's. */
  readonly duplicate: boolean;
}

/** A stored message without its body. */
export interface Waiting {
  readonly seq: number;
  readonly key?: string | undefined;
  readonly id?: string | undefined;
  readonly due?: number | undefined;
  /** When it was stored, ms since the epoch by the clock of the store. */
  readonly at: number;
}

/** A small document that is replaced as a whole. */
export interface Document {
  readonly position: number;
  readonly bytes: Uint8Array;
}

/**
 * The messages of one queue and the few documents by which its consumers agree. What the port promises (test/contract/queue/store.ts):
 *
 * - Q1 an added message is there for every later reader until it is removed, whatever is killed meanwhile;
 * - Q2 `read` gives the messages of a partition in the order of `seq`, those that are there and then those that come, each once; one that
 *   was just removed may still be among them, and its body is then undefined;
 * - Q3 `save` replaces a document only if the last one is at `expected` (0: there is none); otherwise FENCED and nothing is stored. When
 *   STORE_UNAVAILABLE is thrown, either may be the case: `load` tells;
 * - Q4 `settled` finds what was settled, for at least the time the caller names `bucket`s for.
 */
export interface QueueStore {
  readonly name: string;
  readonly partitions: number;
  /** Tells this queue from one of the same name that was deleted: their numbers begin anew. */
  readonly incarnation: string;
  /** Largest body, bytes. */
  readonly limit: number;
  add(message: Addition): Promise<Added>;
  read(partition: number, signal: AbortSignal): AsyncIterable<Waiting>;
  body(seq: number): Promise<Uint8Array | undefined>;
  /** Nothing happens if it is gone. */
  remove(seq: number): Promise<void>;
  /** Messages that are stored and not removed, count. */
  count(): Promise<number>;
  load(document: string): Promise<Document | undefined>;
  save(document: string, bytes: Uint8Array, expected: number): Promise<number>;
  /** Remember that the message with an id is done with. Buckets are forgotten together, by `forget`. */
  settle(bucket: number, id: string, seq: number): Promise<void>;
  /** Number of the message with this id that is done with. */
  settled(buckets: readonly number[], id: string): Promise<number | undefined>;
  forget(bucket: number): Promise<void>;
}

/** A dead letter as it is stored. */
export interface StoredLetter {
  /** Number of the letter in the system: rises. */
  readonly id: number;
  readonly queue: string;
  readonly bytes: Uint8Array;
}

/** The dead letters of all queues of a system. They stay until they are removed. */
export interface DeadStore {
  /** Largest letter, bytes. */
  readonly limit: number;
  /** @param token of the message it is about: a second letter with the same queue and token is not stored */
  add(queue: string, token: string, bytes: Uint8Array): Promise<void>;
  /** Oldest first. */
  list(queue?: string): AsyncIterable<StoredLetter>;
  get(id: number): Promise<StoredLetter | undefined>;
  /** @returns whether it was there */
  remove(id: number): Promise<boolean>;
}
