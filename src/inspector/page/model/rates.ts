import type { MetricsEntry } from '../../../monitoring/entry.ts';

/** What the system did over the last minutes: sums over its nodes. */
export interface Rates {
  /** Messages handled a second. */
  readonly handled: readonly number[];
  /** Of a hundred handled messages, how many failed. */
  readonly errors: readonly number[];
  /** ms; weighted by what each node handled. Where nothing was measured, as before; 0 until something was. */
  readonly p50: readonly number[];
  /** ms; of the slowest kind. As `p50` where nothing was measured. */
  readonly p99: readonly number[];
  /** Dead letters a second. */
  readonly letters: readonly number[];
}

export const SPAN = 300;

/** Nodes tell about once a second, not on the second: two together make a smooth curve, ms. */
const WIDTH = 2_000;

interface Interval {
  readonly nodes: Map<string, { handled: number; failed: number; letters: number; period: number }>;
  weighed: number;
  timed: number;
  p99: number;
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((a, b) => a + b, 0);

/** Curves over the last 5 minutes, oldest first; times of which nothing was told are left out. */
export function ratesOf(metrics: readonly MetricsEntry[]): Rates {
  const intervals = new Map<number, Interval>();
  const lettersBefore = new Map<string, number>();
  const from = (metrics.at(-1)?.time ?? 0) - SPAN * 1_000;
  for (const entry of metrics) {
    const total = sum(entry.deadLetters);
    const before = lettersBefore.get(entry.node) ?? total;
    lettersBefore.set(entry.node, total);
    if (entry.time >= from) add(intervals, entry, Math.max(0, total - before));
  }
  const all = [...intervals].sort(([a], [b]) => a - b).map(([, interval]) => interval);
  // The last one is shown when all nodes have told of it.
  if ((all.at(-1)?.nodes.size ?? 0) < (all.at(-2)?.nodes.size ?? 0)) all.pop();
  const perSecond = (what: 'handled' | 'failed' | 'letters') => (interval: Interval) =>
    [...interval.nodes.values()].reduce((rate, node) => rate + (node[what] * 1_000) / node.period, 0);
  const [handled, failed] = [all.map(perSecond('handled')), all.map(perSecond('failed'))];
  return {
    handled,
    errors: handled.map((rate, at) => (rate === 0 ? 0 : ((failed[at] ?? 0) / rate) * 100)),
    p50: carried(all.map(({ weighed, timed }) => (timed === 0 ? 0 : weighed / timed))),
    p99: carried(all.map(({ p99 }) => p99)),
    letters: all.map(perSecond('letters')),
  };
}

/** That nobody handled anything does not mean that it took no time. */
function carried(values: readonly number[]): number[] {
  let last = 0;
  return values.map((value) => (last = value === 0 ? last : value));
}

function add(intervals: Map<number, Interval>, entry: MetricsEntry, letters: number): void {
  const at = Math.floor(entry.time / WIDTH);
  const interval: Interval = intervals.get(at) ?? { nodes: new Map(), weighed: 0, timed: 0, p99: 0 };
  intervals.set(at, interval);
  const node = interval.nodes.get(entry.node) ?? { handled: 0, failed: 0, letters: 0, period: 0 };
  interval.nodes.set(entry.node, node);
  node.handled += entry.handled;
  node.letters += letters;
  node.period += Math.max(1, entry.period);
  for (const { handled, failed, p50, p99 = 0 } of Object.values(entry.kinds)) {
    node.failed += failed;
    interval.p99 = Math.max(interval.p99, p99);
    if (p50 === undefined) continue;
    interval.weighed += p50 * handled;
    interval.timed += handled;
  }
}

/** The last metrics of each node; of nodes that told something in the last 10 s before the newest. */
export function latestOf(metrics: readonly MetricsEntry[]): ReadonlyMap<string, MetricsEntry> {
  const latest = new Map<string, MetricsEntry>();
  const newest = metrics.at(-1)?.time ?? 0;
  for (let at = metrics.length - 1; at >= 0; at -= 1) {
    const entry = metrics[at];
    if (entry === undefined || entry.time < newest - 10_000) break;
    if (!latest.has(entry.node)) latest.set(entry.node, entry);
  }
  return latest;
}

export interface KindRates {
  readonly handled: number;
  readonly failed: number;
  readonly p50?: number;
  readonly p99?: number;
}

/** What each kind does now, over all nodes. */
export function kindRatesOf(latest: ReadonlyMap<string, MetricsEntry>): ReadonlyMap<string, KindRates> {
  const rates = new Map<string, KindRates>();
  for (const { kinds, period } of latest.values())
    for (const [kind, { handled, failed, p50, p99 }] of Object.entries(kinds)) {
      const before = rates.get(kind) ?? { handled: 0, failed: 0 };
      const now = (handled * 1_000) / Math.max(1, period);
      rates.set(kind, {
        handled: before.handled + now,
        failed: before.failed + (failed * 1_000) / Math.max(1, period),
        ...most('p50', before.p50, p50),
        ...most('p99', before.p99, p99),
      });
    }
  return rates;
}

/** Percentiles of several nodes cannot be merged exactly: the slowest node speaks. */
const most = (name: string, a: number | undefined, b: number | undefined): object =>
  a === undefined && b === undefined ? {} : { [name]: Math.max(a ?? 0, b ?? 0) };

export interface Flow {
  /** Kinds, the busiest first; `''` is the outside. */
  readonly kinds: readonly string[];
  /** Messages a second from one kind to another. */
  readonly of: (from: string, to: string) => number;
  readonly most: number;
  /** Kinds that are left out. */
  readonly omitted: number;
}

const KINDS = 12;

/** Who says how much to whom now. */
export function flowOf(latest: ReadonlyMap<string, MetricsEntry>): Flow {
  const flow = new Map<string, number>();
  const busy = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string, by: number): void =>
    void counts.set(name, (counts.get(name) ?? 0) + by);
  for (const { flow: pairs, period } of latest.values())
    for (const [from, to, messages] of pairs) {
      const rate = (messages * 1_000) / Math.max(1, period);
      count(flow, JSON.stringify([from, to]), rate);
      count(busy, from, rate);
      count(busy, to, rate);
    }
  const kinds = [...busy].sort(([a, x], [b, y]) => y - x || a.localeCompare(b)).map(([kind]) => kind);
  return {
    kinds: kinds.slice(0, KINDS),
    of: (from, to) => flow.get(JSON.stringify([from, to])) ?? 0,
    most: Math.max(0, ...flow.values()),
    omitted: Math.max(0, kinds.length - KINDS),
  };
}
