import { ownerOf, Ledger } from './ledger.ts';
import { Partition } from './partition.ts';
import { Roster, turnOf } from './roster.ts';
import { bucketsAt, pause, type Work } from './work.ts';

/** A node's part in the work of a queue. */
export interface Consumer {
  /** Take no more messages, finish what is under way, let the others have this part. */
  stop(): Promise<void>;
}

/**
 * Job: own the partitions whose turn it is, and keep at most `concurrency` messages under way. Not its job: trying one (partition.ts).
 */
export class QueueConsumer implements Consumer {
  readonly #work: Work;
  readonly #name: string;
  readonly #roster: Roster;
  readonly #owned = new Map<number, Partition>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  #beating: Promise<void> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  #underWay = 0;
  #pumping = false;
  #timer: unknown;
  #forgotten = 0;

  /** @param name unique among the queue's consumers, for ever */
  constructor(name: string, work: Omit<Work, 'wake'>) {
    this.#name = name;
    this.#work = { ...work, wake: () => this.#wake() };
    this.#roster = new Roster(work.store, name);
  }

  /** @throws TroupeError STORE_UNAVAILABLE, STORE_DENIED when the first sign of life cannot be given */
  async start(): Promise<this> {
    await this.#beat();
    this.#beating = this.#goOn();
    return this;
  }

  async stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async #stop(): Promise<void> {
    this.#closing.abort();
    await this.#beating;
    const { clock } = this.#work.host;
    clock.clearTimeout(this.#timer);
    await Promise.all([
      ...[...this.#owned.values()].map(async (partition) => partition.close()),
      ...this.#leaving,
    ]);
    await this.#roster
      .leave()
      .catch((error: unknown) => this.#report('a queue consumer could not say goodbye', error));
  }

  async #goOn(): Promise<void> {
    const { host, options } = this.#work;
    for (;;) {
      await pause(host.clock, options.heartbeat, this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      try {
        await this.#beat();
      } catch (error) {
        this.#report('a queue consumer could not give a sign of life', error);
      }
    }
  }

  async #beat(): Promise<void> {
    const consumers = await this.#roster.beat();
    const { partitions } = this.#work.store;
    for (const [index, partition] of this.#owned) if (partition.lost) this.#leave(index, partition);
    const turns = Array.from({ length: partitions }, (_, index) => turnOf(index, consumers));
    await Promise.all(turns.map(async (turn, index) => this.#follow(index, turn, consumers)));
    await this.#forgetIds();
  }

  async #follow(index: number, turn: string, consumers: readonly string[]): Promise<void> {
    const owned = this.#owned.get(index);
    if (owned !== undefined && turn !== this.#name) return this.#leave(index, owned);
    if (owned !== undefined || turn !== this.#name) return;
    const { store } = this.#work;
    const owner = await ownerOf(store, index);
    // A live owner gives it up itself, when it sees the roster and has finished what it has under way.
    if (owner !== '' && consumers.includes(owner)) return;
    const ledger = await Ledger.take(store, index, this.#name, owner);
    if (ledger !== undefined) this.#owned.set(index, new Partition(index, this.#work, ledger));
  }

  #leave(index: number, partition: Partition): void {
    this.#owned.delete(index);
    const leaving = partition.close().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
  }

  /** The ids of messages that were done with long ago are forgotten by whoever has the first partition. */
  async #forgetIds(): Promise<void> {
    if (!this.#owned.has(0)) return;
    const { host, store, options } = this.#work;
    const [, before] = bucketsAt(host.clock.now(), options.dedupe);
    if (before - 1 === this.#forgotten) return;
    await store.forget(before - 1);
    this.#forgotten = before - 1;
  }

  #wake(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  /** A message of each partition in turn, while there is room. */
  #pump(): void {
    let tried = true;
    while (tried && this.#underWay < this.#work.options.concurrency) {
      tried = false;
      for (const partition of this.#owned.values()) {
        if (this.#underWay >= this.#work.options.concurrency) break;
        const running = partition.tryNext();
        if (running === undefined) continue;
        tried = true;
        this.#underWay++;
        void running.then(() => {
          this.#underWay--;
          this.#wake();
        });
      }
    }
    this.#wakeLater();
  }

  #wakeLater(): void {
    const { clock } = this.#work.host;
    clock.clearTimeout(this.#timer);
    const times = [...this.#owned.values()].map(({ nextAt }) => nextAt).filter((time) => time !== undefined);
    if (times.length === 0 || this.#closing.signal.aborted) return;
    this.#timer = clock.setTimeout(
      () => this.#wake(),
      Math.min(LONGEST, Math.max(0, Math.min(...times) - clock.now())),
    );
  }

  #report(what: string, error: unknown): void {
    this.#work.host.log.warn(what, { queue: this.#work.store.name, error });
  }
}

/** Longest delay that timers take, ms. */
const LONGEST = 2 ** 31 - 1;
