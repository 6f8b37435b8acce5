import type { ActorEntry, DroppedEntry, Entry } from '../../monitoring/entry.ts';
import { Failures } from './live-failures.ts';
import type { Chart } from '../draw/chart.ts';
import type { HistoryPage, Moment } from '../protocol.ts';
import { momentBefore, momentOf } from './past.ts';

/** Actors of which moments are kept, and moments of each, count. */
const ACTORS = 1_000;
const MOMENTS = 200;
const CHARTS = 1_000;
const FAILED = 20;
/** Actors of which nothing but how they were found is kept, count. */
const FOUND = 5_000;

/** What was told of a live system while somebody looked: of an actor that is not stored there is no other history. */
export class Seen {
  readonly failures = new Failures();
  readonly charts = new Map<string, Chart>();
  readonly #moments = new Map<string, Moment[]>();
  readonly #found = new Map<string, ActorEntry>();
  readonly #sampling = new Map<string, number>();
  /** Lines left out, and when that was last said, ms since the epoch. */
  dropped: { readonly lines: number; readonly time: number } | undefined;
  /** Nodes that told nothing for a while, with the last time that happened. */
  readonly gaps = new Map<string, DroppedEntry>();
  /** Actors that supervision has given up, the last ones, with when. */
  readonly failed = new Map<string, number>();

  /** Least share of conversations that a node tells of. */
  get sampling(): number {
    return Math.min(1, ...this.#sampling.values());
  }

  take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'step') {
        this.failures.take(entry);
        for (const address in entry.snapshots) this.#keep(address, momentOf(entry, address));
      } else if (entry.kind === 'dropped') {
        this.#sampling.set(entry.node, entry.sampling);
        if (entry.since !== undefined) this.gaps.set(entry.node, entry);
        else if (entry.lines > 0) this.dropped = { lines: entry.lines, time: entry.time };
      } else if (entry.kind === 'chart') {
        if (this.charts.size < CHARTS) this.charts.set(entry.hash, entry.chart as Chart);
      } else if (entry.kind === 'actor') {
        if (entry.snapshot !== undefined && !this.#moments.has(entry.address))
          keepLast(this.#found, FOUND, entry.address, entry);
      } else if (entry.kind === 'ended') {
        this.#found.delete(entry.address);
        if (entry.reason === 'failed') keepLast(this.failed, FAILED, entry.address, entry.time);
      }
    }
  }

  history(address: string, before = Infinity, limit = MOMENTS): HistoryPage | undefined {
    const moments = this.#moments.get(address)?.filter(({ number }) => number < before);
    if (moments === undefined) return undefined;
    return { moments: moments.slice(-limit), more: moments.length > limit };
  }

  #keep(address: string, moment: Moment | undefined): void {
    if (moment === undefined) return;
    const moments = this.#moments.get(address) ?? [...momentBefore(moment, this.#found.get(address))];
    this.#found.delete(address);
    if (!isInserted(moment, moments)) return;
    if (moments.length > MOMENTS) moments.shift();
    keepLast(this.#moments, ACTORS, address, moments);
  }
}

/** Each watcher is told of it, and one that is told too late no longer by the number that it has. @returns whether it was news */
function isInserted(moment: Moment, moments: Moment[]): boolean {
  const { number, node, time } = moment;
  const at = moments.findLastIndex((each) => each.number <= number);
  const before = moments.findLast((each) => each.number <= number && each.node === node);
  if (moments[at]?.number === number || (before !== undefined && before.time > time)) return false;
  moments.splice(at + 1, 0, moment);
  return true;
}

/** What was told of last is last: the first is let go of. */
function keepLast<T>(map: Map<string, T>, most: number, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > most && oldest !== undefined) map.delete(oldest);
}
