import type { Clock, TimerHandle } from '../ports.ts';
import type { Wake } from './store.ts';

interface Entry extends Wake {
  readonly shard: number;
}

/** The machine's timers end here, ms. */
const FARTHEST = 2 ** 31 - 1;

/**
 * Who of the actors that are not in memory wants to be woken, and when. A binary heap by time; an entry that was replaced stays in it
 * until its time comes, and is then known by its position.
 */
export class Schedule {
  readonly #clock: Clock;
  readonly #wake: (wake: Wake) => void;
  readonly #byId = new Map<string, Entry>();
  #heap: Entry[] = [];
  #timer: TimerHandle;
  #armed: number | undefined;

  constructor(clock: Clock, wake: (wake: Wake) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  get size(): number {
    return this.#byId.size;
  }

  set(wake: Wake, shard: number): void {
    if (this.#byId.get(wake.id)?.position === wake.position) return;
    const entry = { ...wake, shard };
    this.#byId.set(wake.id, entry);
    this.#push(entry);
    this.#arm();
  }

  /** It is in memory now and sees to itself. */
  take(id: string): Wake | undefined {
    const entry = this.#byId.get(id);
    this.#byId.delete(id);
    return entry;
  }

  /** Forget those of these shards that `concerns` names. */
  drop(shards: ReadonlySet<number>, concerns: (id: string) => boolean): void {
    for (const { id, shard } of this.#byId.values())
      if (shards.has(shard) && concerns(id)) this.#byId.delete(id);
    this.#heap = this.#heap.filter((entry) => this.#byId.get(entry.id) === entry);
    this.#heap.sort((a, b) => a.at - b.at);
    this.#arm();
  }

  close(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#byId.clear();
    this.#heap = [];
  }

  #arm(): void {
    const at = this.#heap[0]?.at;
    if (at === this.#armed) return;
    this.#clock.clearTimeout(this.#timer);
    this.#armed = at;
    if (at === undefined) return;
    this.#timer = this.#clock.setTimeout(
      () => this.#ring(),
      Math.min(FARTHEST, Math.max(0, at - this.#clock.now())),
    );
  }

  #ring(): void {
    this.#armed = undefined;
    const now = this.#clock.now();
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      this.#pop();
      if (this.#byId.get(first.id) !== first) continue;
      this.#byId.delete(first.id);
      this.#wake(first);
    }
    this.#arm();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((heap[up] as Entry).at <= entry.at) break;
      heap[at] = heap[up] as Entry;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let down = at * 2 + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && (heap[down + 1] as Entry).at < (heap[down] as Entry).at) down += 1;
      if ((heap[down] as Entry).at >= last.at) break;
      heap[at] = heap[down] as Entry;
      at = down;
    }
    heap[at] = last;
  }
}
