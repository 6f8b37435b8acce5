import type { Crew } from './crew.ts';
import type { Driver } from './driver.ts';
import type { Placing } from './orders.ts';

interface Reported {
  readonly driver: Driver;
  readonly crew: Crew;
  readonly placing: Placing;
  /** Time until all were placed, ms. */
  readonly placed: number;
  readonly ends: Readonly<Record<string, number>>;
}

const countBy = (keys: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};

/** What a test prints of a run. */
export const reportOf = ({ driver, crew, placing, placed, ends }: Reported) => ({
  ends,
  seconds: Math.round(placed / 100) / 10,
  ordersPerSecond: Math.round((placing.placed * 1_000) / placed),
  longestOutageMs: Math.round(placing.outage),
  repeated: driver.retried,
  letters: countBy(crew.notices.flatMap((notice) => (notice.kind === 'letter' ? [notice.reason] : []))),
  errors: countBy(
    crew.notices.flatMap((notice) => (notice.kind === 'error' ? [notice.text.slice(0, 160)] : [])),
  ),
});
