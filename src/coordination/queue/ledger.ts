import { decodeRecord, encodeRecord } from '../../durable/record.ts';
import type { QueueStore } from '../../durable/queue-store.ts';
import { isTroupeError, TroupeError } from '../../errors.ts';

/** A message that was tried and is not done with. */
export interface Tried {
  /** Attempts that were begun, count. */
  readonly attempts: number;
  /** When the first attempt began, ms since the epoch. */
  readonly first: number;
  /** Not to be tried before, ms since the epoch. */
  readonly notBefore: number;
}

/** What is stored of a partition. */
interface Page {
  /** The consumer that works on it; empty when it was given up. */
  readonly owner: string;
  /** Rises with every owner. */
  readonly epoch: number;
  readonly tried: readonly (readonly [seq: number, attempts: number, first: number, notBefore: number])[];
}

const EMPTY: Page = { owner: '', epoch: 0, tried: [] };

const documentOf = (partition: number): string => `p${partition}`;

async function read(
  store: QueueStore,
  partition: number,
): Promise<{ readonly page: Page; readonly position: number }> {
  const stored = await store.load(documentOf(partition));
  if (stored === undefined) return { page: EMPTY, position: 0 };
  return { page: decodeRecord(stored.bytes) as Page, position: stored.position };
}

/** Who works on a partition; empty for nobody. */
export const ownerOf = async (store: QueueStore, partition: number): Promise<string> =>
  (await read(store, partition)).page.owner;

/**
 * Job: which messages of a partition were tried and how often, stored before each attempt, by one owner at a time.
 *
 * P1 `begin` resolves only when the attempt is stored in a document that was replaced with compare-and-set: who was overtaken by another
 * owner begins nothing, whatever it believes (as D1 does for actors); P2 attempts are counted across crashes, so that a message that kills
 * whoever handles it is found out. Many attempts that begin together share one write.
 */
export class Ledger {
  readonly #store: QueueStore;
  readonly #partition: number;
  readonly #owner: string;
  readonly #epoch: number;
  readonly #tried: Map<number, Tried>;
  #position: number;
  #flushing: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  private constructor(store: QueueStore, partition: number, page: Page, position: number) {
    this.#store = store;
    this.#partition = partition;
    this.#owner = page.owner;
    this.#epoch = page.epoch;
    this.#tried = new Map(
      page.tried.map(([seq, attempts, first, notBefore]) => [seq, { attempts, first, notBefore }]),
    );
    this.#position = position;
  }

  /**
   * Become the owner, if `current` still is the one.
   * @returns undefined when another was faster
   */
  static async take(
    store: QueueStore,
    partition: number,
    owner: string,
    current: string,
  ): Promise<Ledger | undefined> {
    const { page, position } = await read(store, partition);
    if (page.owner !== current) return undefined;
    const mine = { ...page, owner, epoch: page.epoch + 1 };
    try {
      return new Ledger(
        store,
        partition,
        mine,
        await store.save(documentOf(partition), encode(mine), position),
      );
    } catch (error) {
      if (isTroupeError(error) && error.code === 'FENCED') return undefined;
      throw error;
    }
  }

  tried(seq: number): Tried | undefined {
    return this.#tried.get(seq);
  }

  /**
   * Store that an attempt begins.
   * @throws TroupeError FENCED when the partition has another owner by now; STORE_UNAVAILABLE: then it may be stored or not
   */
  async begin(seq: number, now: number): Promise<Tried> {
    const before = this.#tried.get(seq);
    const tried = { attempts: (before?.attempts ?? 0) + 1, first: before?.first ?? now, notBefore: 0 };
    this.#tried.set(seq, tried);
    await this.#flush();
    return tried;
  }

  /** An attempt failed. Stored with what is stored next: a crash before that costs only the exact time of the next attempt. */
  postpone(seq: number, notBefore: number): void {
    const before = this.#tried.get(seq);
    if (before !== undefined) this.#tried.set(seq, { ...before, notBefore });
  }

  /** The attempt was not made after all. */
  undo(seq: number): void {
    const before = this.#tried.get(seq);
    if (before === undefined) return;
    if (before.attempts === 1) this.#tried.delete(seq);
    else this.#tried.set(seq, { ...before, attempts: before.attempts - 1 });
  }

  /** A message is removed from the queue. */
  forget(seq: number): void {
    this.#tried.delete(seq);
  }

  /** Let another owner have it. */
  async release(): Promise<void> {
    await (this.#next ?? this.#flushing)?.catch(() => undefined);
    await this.#write(this.#page(''));
  }

  /** One write at a time; those who come while it is under way share the next one. */
  async #flush(): Promise<void> {
    if (this.#next !== undefined) return this.#next;
    if (this.#flushing === undefined) return (this.#flushing = this.#run());
    return (this.#next = this.#after(this.#flushing));
  }

  async #after(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined);
    this.#next = undefined;
    await (this.#flushing = this.#run());
  }

  async #run(): Promise<void> {
    try {
      await this.#write(this.#page(this.#owner));
    } finally {
      this.#flushing = undefined;
    }
  }

  async #write(page: Page): Promise<void> {
    const bytes = encode(page);
    try {
      this.#position = await this.#store.save(documentOf(this.#partition), bytes, this.#position);
    } catch (error) {
      // An earlier write whose outcome was unknown may have been stored after all: then the document is still ours.
      const { page: stored, position } = await read(this.#store, this.#partition);
      if (stored.owner !== this.#owner || stored.epoch !== this.#epoch)
        throw overtaken(this.#partition, stored.owner);
      if (!isTroupeError(error) || error.code !== 'FENCED') throw error;
      this.#position = await this.#store.save(documentOf(this.#partition), bytes, position);
    }
  }

  #page(owner: string): Page {
    const tried = [...this.#tried].map(
      ([seq, { attempts, first, notBefore }]) => [seq, attempts, first, notBefore] as const,
    );
    return { owner, epoch: this.#epoch, tried };
  }
}

const encode = (page: Page): Uint8Array => encodeRecord(page, false);

const overtaken = (partition: number, owner: string): TroupeError =>
  new TroupeError('FENCED', `Partition ${partition} is worked on by "${owner}" now.`);
