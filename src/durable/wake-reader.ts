import type { Wake } from './store.ts';
import type { Surroundings } from './surroundings.ts';

export interface WakeReaderOptions {
  readonly around: Surroundings;
  readonly shardOf: (id: string) => number;
  readonly kindOf: (id: string) => string;
  readonly found: (wake: Wake) => void;
}

type Wanted = Map<string, Set<number>>;

/** Before the wakes are read once more when the store is away, ms; doubles up to `limits.store`. */
const FIRST_WAIT = 100;

/**
 * Job: finding who of the actors of some shards wants to be woken (D5), until that has succeeded. One reading at a time, for all kinds: what
 * is wanted meanwhile is read in the next, for shards come and go in bursts, and each reading costs the store a cursor.
 */
export class WakeReader {
  readonly #options: WakeReaderOptions;
  /** Shards by kind. */
  #wanted: Wanted = new Map();
  readonly #later: Wanted = new Map();
  #isReading = false;
  #isClosed = false;

  constructor(options: WakeReaderOptions) {
    this.#options = options;
  }

  read(kind: string, shards: Iterable<number>): void {
    add(this.#wanted, kind, shards);
    if (!this.#isReading) void this.#readAll();
  }

  /** After that time, ms; those that are wanted until then are read with it. */
  readLater(kind: string, shard: number, ms: number): void {
    const isSet = this.#later.size > 0;
    add(this.#later, kind, [shard]);
    if (isSet) return;
    const read = (): void => {
      const later = [...this.#later];
      this.#later.clear();
      for (const [each, shards] of later) this.read(each, shards);
    };
    this.#options.around.clock.setTimeout(read, ms, true);
  }

  close(): void {
    this.#isClosed = true;
    this.#wanted.clear();
  }

  async #readAll(): Promise<void> {
    const { clock, limits } = this.#options.around;
    this.#isReading = true;
    for (let wait = FIRST_WAIT; this.#wanted.size > 0 && !this.#isClosed;) {
      const wanted = this.#wanted;
      this.#wanted = new Map();
      const error = await this.#readOnce(wanted).then(undefined, (reason: unknown) => ({ reason }));
      if (error === undefined) {
        wait = FIRST_WAIT;
        continue;
      }
      this.#failed(wanted, error.reason);
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, wait, true));
      wait = Math.min(limits.store, wait * 2);
    }
    this.#isReading = false;
  }

  #failed(wanted: Wanted, error: unknown): void {
    if (this.#isClosed) return;
    const text = 'the wakes of shards could not be read: actors with unfinished work wait';
    this.#options.around.log.error(text, { kinds: [...wanted.keys()], error });
    for (const [kind, shards] of wanted) add(this.#wanted, kind, shards);
  }

  async #readOnce(wanted: Wanted): Promise<void> {
    const { around, found, kindOf, shardOf } = this.#options;
    const shards = new Set([...wanted.values()].flatMap((each) => [...each]));
    for await (const wake of around.journal.wakes(shards)) {
      const isWanted = wanted.get(kindOf(wake.id))?.has(shardOf(wake.id)) === true;
      if (isWanted && !this.#isClosed) found(wake);
    }
  }
}

function add(wanted: Wanted, kind: string, shards: Iterable<number>): void {
  const known = wanted.get(kind) ?? new Set();
  for (const shard of shards) known.add(shard);
  wanted.set(kind, known);
}
