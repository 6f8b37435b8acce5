import type { Waiting } from '../../durable/queue-store.ts';
import { isTroupeError } from '../../errors.ts';
import { attempt, bury, remove } from './attempt.ts';
import { Lanes } from './lanes.ts';
import type { Ledger, Tried } from './ledger.ts';
import { isHopeless, unanswered } from './letter.ts';
import { backoffAfter } from './options.ts';
import { pause, type Work } from './work.ts';

/** Messages of one partition that wait in memory without being delayed, count. Their bodies stay in the store. */
const LOOKAHEAD = 10_000;
/** Wait before the store is tried again, ms. */
const REST = 200;

/**
 * Job: try the messages of a partition that this consumer owns, and remove what was taken or given up. Not its job: how many at a time
 * (consumer.ts).
 *
 * R1 a message is removed only after its receiver took it, or after its dead letter is stored; R2 a message is dead after `maxAttempts`
 * attempts, also those of crashed owners; R3 once the partition is lost to another owner nothing is tried any more.
 */
export class Partition {
  readonly index: number;
  readonly #work: Work;
  readonly #ledger: Ledger;
  readonly #lanes = new Lanes();
  /** Ids of messages that are read and not done with, with the first message that has it. */
  readonly #ids = new Map<string, number>();
  readonly #running = new Set<Promise<void>>();
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;
  #room: (() => void) | undefined;
  /** Number of the last message that was read. */
  #last = 0;
  #lost = false;

  constructor(index: number, work: Work, ledger: Ledger) {
    this.index = index;
    this.#work = work;
    this.#ledger = ledger;
    this.#reading = this.#read();
  }

  /** Another consumer owns it by now. */
  get lost(): boolean {
    return this.#lost;
  }

  get nextAt(): number | undefined {
    return this.#closing.signal.aborted ? undefined : this.#lanes.nextAt;
  }

  /** Try the next message, if one may be tried now. @returns the attempt, which never rejects */
  tryNext(): Promise<void> | undefined {
    if (this.#closing.signal.aborted) return undefined;
    const message = this.#lanes.next(this.#now());
    if (message === undefined) return undefined;
    const running = this.#handle(message).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  /** Try nothing more, finish what is under way, and let another consumer have it. */
  async close(): Promise<void> {
    this.#stop();
    await Promise.all([this.#reading, ...this.#running]);
    if (this.#lost) return;
    // Not being able to say so costs the next owner the wait for our silence.
    await this.#ledger
      .release()
      .catch((error: unknown) => this.#report('a queue partition could not be given up', error));
  }

  #stop(): void {
    this.#closing.abort();
    this.#room?.();
  }

  #now(): number {
    return this.#work.host.clock.now();
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        for await (const message of this.#work.store.read(this.index, signal)) await this.#accept(message);
      } catch (error) {
        this.#report('a queue partition cannot be read', error);
        await pause(this.#work.host.clock, REST, signal);
      }
    }
  }

  async #accept(message: Waiting): Promise<void> {
    // A reader that begins anew gives again what it gave before.
    if (message.seq <= this.#last) return;
    this.#last = message.seq;
    if (message.id !== undefined && this.#ids.has(message.id)) return this.#discard(message);
    if (message.id !== undefined) this.#ids.set(message.id, message.seq);
    this.#lanes.add(message, this.#now(), this.#restingUntil(message.seq));
    this.#work.wake();
    if (this.#lanes.waiting >= LOOKAHEAD && !this.#closing.signal.aborted)
      await new Promise<void>((resolve) => (this.#room = resolve));
  }

  /** The owner before us failed over it, or ended during the attempt: the next one waits as after any failed attempt. */
  #restingUntil(seq: number): number {
    const tried = this.#ledger.tried(seq);
    if (tried === undefined || tried.attempts >= this.#work.options.maxAttempts) return 0;
    return tried.notBefore > 0 ? tried.notBefore : this.#now() + this.#backoff(tried.attempts);
  }

  #backoff(attempts: number): number {
    return backoffAfter(attempts, this.#work.options.backoff, this.#work.host.random);
  }

  async #discard(message: Waiting): Promise<void> {
    await this.#insist(async () => this.#work.store.remove(message.seq));
  }

  async #handle(message: Waiting): Promise<void> {
    try {
      await this.#decide(message);
    } catch (error) {
      if (isTroupeError(error) && error.code === 'FENCED') return this.#lose();
      // Neither taken nor failed: the store could not be asked.
      this.#report('a queued message could not be tried', error);
      this.#ledger.undo(message.seq);
      this.#lanes.retry(message, this.#now() + REST);
    }
    this.#work.wake();
  }

  async #decide(message: Waiting): Promise<void> {
    const before = this.#ledger.tried(message.seq);
    if (before !== undefined && before.attempts >= this.#work.options.maxAttempts)
      return this.#giveUp(message, before, unanswered(before.attempts));
    const begun = this.#ledger.begin(message.seq, this.#now());
    const outcome = await attempt(this.#work, message, begun);
    if (outcome.kind !== 'failed') return this.#finish(message);
    // This node ends: the message is not to blame.
    if (isTroupeError(outcome.error) && outcome.error.code === 'SYSTEM_STOPPED') throw outcome.error;
    const tried = await begun;
    if (tried.attempts >= this.#work.options.maxAttempts || isHopeless(outcome.error))
      return this.#giveUp(message, tried, outcome.error);
    const at = this.#now() + this.#backoff(tried.attempts);
    this.#ledger.postpone(message.seq, at);
    this.#lanes.retry(message, at);
  }

  async #giveUp(message: Waiting, tried: Tried, error: unknown): Promise<void> {
    const { host, store } = this.#work;
    const { seq, key } = message;
    if (!(await this.#insist(async () => bury(this.#work, message, tried, error)))) return;
    host.log.warn('a queued message is a dead letter', {
      queue: store.name,
      seq,
      key,
      attempts: tried.attempts,
      error,
    });
    await this.#finish(message);
  }

  async #finish(message: Waiting): Promise<void> {
    if (!(await this.#insist(async () => remove(this.#work, message)))) return;
    this.#ledger.forget(message.seq);
    if (message.id !== undefined && this.#ids.get(message.id) === message.seq) this.#ids.delete(message.id);
    this.#lanes.settle(message, this.#now());
    if (this.#lanes.waiting < LOOKAHEAD / 2) {
      this.#room?.();
      this.#room = undefined;
    }
  }

  /** Until the store takes it, or this consumer ends: then the next owner does it. @returns whether it was done */
  async #insist(deed: () => Promise<void>): Promise<boolean> {
    for (;;) {
      try {
        await deed();
        return true;
      } catch (error) {
        this.#report('what became of a queued message could not be stored', error);
        if (this.#closing.signal.aborted) return false;
        await pause(this.#work.host.clock, REST, this.#closing.signal);
      }
    }
  }

  #lose(): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#stop();
  }

  #report(what: string, error: unknown): void {
    this.#work.host.log.warn(what, { queue: this.#work.store.name, partition: this.index, error });
  }
}
