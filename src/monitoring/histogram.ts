/**
 * Durations in logarithmic buckets: four to each doubling, so that a quantile is right to about 12 %, from 0.1 µs to half a minute, in half a
 * kilobyte and without ever growing.
 */
export type Histogram = Uint32Array;

const BUCKETS = 116;
/** Of a millisecond: the first bucket is about 0.12 µs. */
const UNIT = 8_192;
const LARGEST = 2 ** 28;

export const createHistogram = (): Histogram => new Uint32Array(BUCKETS);

/** @param ms duration */
export function count(histogram: Histogram, ms: number): void {
  const bucket = bucketOf(ms);
  histogram[bucket] = (histogram[bucket] ?? 0) + 1;
}

export function bucketOf(ms: number): number {
  const units = ms * UNIT;
  const whole = units >= LARGEST ? LARGEST : units < 1 || Number.isNaN(units) ? 1 : units | 0;
  const octave = 31 - Math.clz32(whole);
  const quarter = octave < 2 ? (whole << (2 - octave)) & 3 : (whole >> (octave - 2)) & 3;
  return octave * 4 + quarter;
}

/** The middle of a bucket, ms. */
export const valueOf = (bucket: number): number =>
  ((4 + (bucket & 3) + 0.5) * 2 ** ((bucket >> 2) - 2)) / UNIT;

/**
 * Quantiles of what was counted since `before`.
 * @returns ms; undefined when nothing was
 */
export function quantiles(
  now: Histogram,
  before: Histogram,
  shares: readonly number[],
): readonly number[] | undefined {
  const counts = Array.from(now, (each, bucket) => each - (before[bucket] ?? 0));
  const total = counts.reduce((sum, each) => sum + each, 0);
  if (total === 0) return undefined;
  return shares.map((share) => {
    let left = Math.max(1, Math.ceil(total * share));
    const bucket = counts.findIndex((each) => (left -= each) <= 0);
    return valueOf(bucket);
  });
}
