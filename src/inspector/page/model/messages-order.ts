import type { Arrow, Occurrence, Traffic } from './messages-traffic.ts';

/** Happened-before (Lamport 1978): what one actor does is in order, and a message is said before it is taken. */
export interface Order {
  /** Layer of each occurrence: one more than the latest of what happened immediately before it. */
  readonly layers: Int32Array;
  /** When it happened, moved behind what it follows from where clocks disagree; the place in the recording where there are no clocks. */
  readonly times: Float64Array;
  /** A rank of each occurrence by `times`, without gaps, each its own. */
  readonly ranks: Int32Array;
  /** Keys of arrows that contradict the order (a recording that matches badly): they are not drawn from their source. */
  readonly cut: ReadonlySet<string>;
  /** Occurrences immediately before each. */
  readonly before: readonly (readonly number[])[];
  readonly after: readonly (readonly number[])[];
}

export function orderOf({ occurrences, arrows }: Traffic): Order {
  const count = occurrences.length;
  const before: number[][] = Array.from({ length: count }, () => []);
  const after: number[][] = Array.from({ length: count }, () => []);
  const link = (from: number, to: number): void => {
    before[to]?.push(from);
    after[from]?.push(to);
  };
  for (const { index, before: earlier } of occurrences) if (earlier !== undefined) link(earlier, index);
  for (const { source, target, via } of arrows) {
    if (source !== undefined && target !== undefined && source !== target) link(source, target);
    if (via === undefined) continue;
    if (source !== undefined && source !== via) link(source, via);
    if (target !== undefined) link(via, target);
  }
  const { layers, times, order } = layered(occurrences, before, after);
  const place = new Int32Array(count);
  order.forEach((index, at) => (place[index] = at));
  const cut = new Set<string>();
  for (const { key, source, target } of arrows) {
    if (source === undefined || target === undefined) continue;
    if ((place[source] ?? 0) >= (place[target] ?? 0)) cut.add(key);
  }
  return { layers, times, ranks: ranked(times, place), cut, before, after };
}

/** Kahn 1962. Where messages that were matched badly go round in circles, the recording's own order decides. */
function layered(
  occurrences: readonly Occurrence[],
  before: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
): { layers: Int32Array; times: Float64Array; order: number[] } {
  const count = occurrences.length;
  const clocks = occurrences.every(({ time }) => time !== undefined);
  const missing = Int32Array.from(before, ({ length }) => length);
  const layers = new Int32Array(count);
  const times = Float64Array.from(occurrences, ({ time, index }) => (clocks ? (time ?? index) : index));
  const done = new Uint8Array(count);
  const order: number[] = [];
  const ready: number[] = [];
  for (let index = 0; index < count; index++) if (missing[index] === 0) ready.push(index);
  let stuck = 0;
  for (let at = 0; order.length < count;) {
    let index = ready[at++];
    if (index === undefined) {
      while (done[stuck] === 1) stuck++;
      index = stuck;
      at--;
    }
    if (done[index] === 1) continue;
    done[index] = 1;
    order.push(index);
    for (const next of after[index] ?? []) {
      if (done[next] === 1) continue;
      layers[next] = Math.max(layers[next] ?? 0, (layers[index] ?? 0) + 1);
      times[next] = Math.max(times[next] ?? 0, times[index] ?? 0);
      missing[next] = (missing[next] ?? 1) - 1;
      if (missing[next] === 0) ready.push(next);
    }
  }
  return { layers, times, order };
}

function ranked(times: Float64Array, place: Int32Array): Int32Array {
  const sorted = Array.from(times.keys()).sort(
    (a, b) => (times[a] ?? 0) - (times[b] ?? 0) || (place[a] ?? 0) - (place[b] ?? 0),
  );
  const ranks = new Int32Array(times.length);
  sorted.forEach((index, rank) => (ranks[index] = rank));
  return ranks;
}

/** All that may have influenced the message, and all that it may have influenced: occurrences, and itself. */
export interface Cones {
  readonly past: ReadonlySet<number>;
  readonly future: ReadonlySet<number>;
}

export function conesOf(
  { before, after }: Order,
  { source, target }: Pick<Arrow, 'source' | 'target'>,
): Cones {
  return { past: reach(source, before), future: reach(target, after) };
}

function reach(start: number | undefined, next: readonly (readonly number[])[]): Set<number> {
  const seen = new Set<number>(start === undefined ? [] : [start]);
  const ahead = [...seen];
  for (let at = ahead.pop(); at !== undefined; at = ahead.pop())
    for (const each of next[at] ?? [])
      if (!seen.has(each)) {
        seen.add(each);
        ahead.push(each);
      }
  return seen;
}
