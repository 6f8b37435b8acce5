import type { Entry } from '../../monitoring/entry.ts';
import type { Chart } from '../draw/chart.ts';
import type { HistoryPage, Moment } from '../protocol.ts';
import { momentOf } from './past.ts';

/** Actors of which moments are kept, and moments of each, count. */
const ACTORS = 1_000;
const MOMENTS = 200;
const CHARTS = 1_000;

/** What was told of a live system while somebody looked: of an actor that is not stored there is no other history. */
export class Seen {
  readonly charts = new Map<string, Chart>();
  readonly #moments = new Map<string, Moment[]>();
  readonly #sampling = new Map<string, number>();
  /** Lines left out, and when that was last said, ms since the epoch. */
  dropped: { readonly lines: number; readonly time: number } | undefined;
  /** Actors that supervision has given up, the last ones, with when. */
  readonly failed = new Map<string, number>();

  /** Least share of conversations that a node tells of. */
  get sampling(): number {
    return Math.min(1, ...this.#sampling.values());
  }

  take(entries: readonly Entry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'step')
        for (const address in entry.snapshots) this.#keep(address, momentOf(entry, address));
      else if (entry.kind === 'dropped') {
        this.#sampling.set(entry.node, entry.sampling);
        if (entry.lines > 0) this.dropped = { lines: entry.lines, time: entry.time };
      } else if (entry.kind === 'chart') {
        if (this.charts.size < CHARTS) this.charts.set(entry.hash, entry.chart as Chart);
      } else if (entry.kind === 'ended' && entry.reason === 'failed') this.#fail(entry.address, entry.time);
    }
  }

  history(address: string, before = Infinity, limit = MOMENTS): HistoryPage | undefined {
    const moments = this.#moments.get(address)?.filter(({ number }) => number < before);
    if (moments === undefined) return undefined;
    return { moments: moments.slice(-limit), more: moments.length > limit };
  }

  #fail(address: string, time: number): void {
    this.failed.delete(address);
    this.failed.set(address, time);
    const [oldest] = this.failed.keys();
    if (this.failed.size > FAILED && oldest !== undefined) this.failed.delete(oldest);
  }

  #keep(address: string, moment: Moment | undefined): void {
    if (moment === undefined) return;
    const moments = this.#moments.get(address) ?? [];
    moments.push(moment);
    if (moments.length > MOMENTS) moments.shift();
    // Last told of is last: the first is let go of.
    this.#moments.delete(address);
    this.#moments.set(address, moments);
    const [oldest] = this.#moments.keys();
    if (this.#moments.size > ACTORS && oldest !== undefined) this.#moments.delete(oldest);
  }
}

const FAILED = 20;
