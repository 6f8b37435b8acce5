import type { Waiting } from '../../durable/queue-store.ts';
import { Heap } from './heap.ts';

/** A message in its lane. */
export interface Item {
  readonly message: Waiting;
  /** Not to be tried before, ms since the epoch. */
  readonly notBefore: number;
}

/**
 * Job: which messages of a partition may be tried now. Not its job: trying them.
 *
 * N1 of the messages with one key, only the first is ever given out, until it is settled; N2 messages of different keys, and messages
 * without one, never wait for each other; N3 a message is not given out before its time, and a delayed one takes its place behind those of
 * its key that came before that time.
 */
export class Lanes {
  /** By key, the first being the one that may be tried. A message without a key is alone in its lane and not in here. */
  readonly #lanes = new Map<string, Item[]>();
  readonly #ready: Item[] = [];
  /** Delayed messages, not in a lane yet. */
  readonly #delayed = new Heap<Item>((item) => item.message.due ?? 0);
  /** First in their lanes, and to be tried later. */
  readonly #resting = new Heap<Item>((item) => item.notBefore);
  #waiting = 0;

  /** Messages in lanes, count: what a reader should not let grow without bound. */
  get waiting(): number {
    return this.#waiting;
  }

  /** When something becomes ready that is not yet, ms since the epoch. */
  get nextAt(): number | undefined {
    const times = [this.#delayed.least, this.#resting.least].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** @param notBefore for one that was tried before */
  add(message: Waiting, now: number, notBefore = 0): void {
    const item = { message, notBefore };
    if ((message.due ?? 0) > now) this.#delayed.push(item);
    else this.#enter(item, now);
  }

  /** The next message that may be tried. It is under way until `settle` or `retry`. */
  next(now: number): Waiting | undefined {
    for (let item = this.#delayed.popUntil(now); item !== undefined; item = this.#delayed.popUntil(now))
      this.#enter(item, now);
    for (let item = this.#resting.popUntil(now); item !== undefined; item = this.#resting.popUntil(now))
      this.#ready.push(item);
    return this.#ready.shift()?.message;
  }

  /** A message under way is done with: the next of its key may be tried. */
  settle({ key }: Waiting, now: number): void {
    this.#waiting--;
    const lane = key === undefined ? undefined : this.#lanes.get(key);
    if (key === undefined || lane === undefined) return;
    lane.shift();
    const [first] = lane;
    if (first === undefined) this.#lanes.delete(key);
    else this.#offer(first, now);
  }

  /** A message under way is to be tried again later. It keeps its place. */
  retry(message: Waiting, at: number): void {
    this.#resting.push({ message, notBefore: at });
  }

  #enter(item: Item, now: number): void {
    this.#waiting++;
    const { key } = item.message;
    if (key === undefined) return this.#offer(item, now);
    const lane = this.#lanes.get(key);
    if (lane !== undefined) return void lane.push(item);
    this.#lanes.set(key, [item]);
    this.#offer(item, now);
  }

  #offer(item: Item, now: number): void {
    if (item.notBefore > now) this.#resting.push(item);
    else this.#ready.push(item);
  }
}
