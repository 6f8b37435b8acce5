import type { Clock, Logger } from '../ports.ts';
import type { Queues } from './queue-store.ts';

/**
 * The place of a record: greater than that of every earlier record of the same actor, 0 before the first. Not a count: what lies between
 * two records of one actor may belong to others.
 */
export type Position = number;

/** One record of an actor, as it was appended (record.ts). */
export interface Entry {
  readonly position: Position;
  readonly record: Uint8Array;
}

/** An actor that wants its owner to be there at a time, though nobody sends it anything: D3 and D5. */
export interface Wake {
  readonly id: string;
  /** ms since the epoch; 0: at once. */
  readonly at: number;
  readonly position: Position;
}

/** How to keep durable actors: `memory()`, `file()` from 'troupe/file', `jetstream()` from 'troupe/nats'. */
export interface Store {
  readonly name: string;
  /** @throws TroupeError STORE_UNAVAILABLE, STORE_MISMATCH, STORE_DENIED naming the store and what to do */
  open(options: StoreOptions): Promise<Journal>;
}

export interface StoreOptions {
  /** Name of the system: systems never see each other's actors. */
  readonly system: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Time one operation may take, ms. */
  readonly timeout: number;
  /** Into how many shards the virtual actors are divided. A store that was made with another number is refused. */
  readonly shards: number;
  /** Records kept of each actor, count: older ones that no later one builds on may be dropped. */
  readonly history: number;
}

/**
 * The records of all actors of a system. What the port promises (one contract test, test/contract/store.ts, holds for every
 * implementation):
 *
 * - J1 a record is appended only if the actor's last record is at `expected`; otherwise FENCED, and nothing is stored;
 * - J2 what was appended is there for every later `load`, from whatever process, also when the appending process was killed just then;
 * - J3 an `append` whose outcome is in doubt (a lost connection) is settled before it answers: stored, or not stored (FENCED when another
 *   record took its place, STORE_UNAVAILABLE when that cannot be found out in time: then it is unknown);
 * - J4 `load` gives the last snapshot and all records after it, in order, or nothing when the actor has none; never half of that;
 * - J5 a refused or failed operation leaves what is stored as it was and readable.
 *
 * Errors: FENCED, STORE_UNAVAILABLE (retryable), STORE_FULL, STORE_DENIED, PAYLOAD_TOO_LARGE.
 */
export interface Journal {
  /** Largest record, bytes. */
  readonly limit: number;
  append(id: string, record: Uint8Array, expected: Position): Promise<Position>;
  load(id: string): Promise<readonly Entry[]>;
  /** All records that are still kept, oldest first. */
  history(id: string): AsyncIterable<Entry>;
  /** Ids of all actors that have records, in no order. */
  ids(): AsyncIterable<string>;
  /** Forget an actor: its records and its wake. */
  purge(id: string): Promise<void>;
  /** Remember that the actor wants to be woken; replaces what was remembered. Not fenced: a wake too many does no harm. */
  wake(id: string, shard: number, at: number): Promise<Position>;
  /** Forget a wake unless it was replaced since `position`. */
  unwake(id: string, shard: number, position: Position): Promise<void>;
  /** The actors of these shards that want to be woken. A wake that was replaced a moment ago may come as well, before the one that counts. */
  wakes(shards: ReadonlySet<number>): AsyncIterable<Wake>;
  /** Work queues; a store without them leaves this out. */
  readonly queues?: Queues;
  close(): Promise<void>;
}
