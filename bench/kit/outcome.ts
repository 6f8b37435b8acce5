import { summarise, type Summary } from './statistics.ts';

/** One contender's figure, once per round. */
export interface Reading {
  readonly contender: string;
  readonly unit: string;
  readonly rounds: readonly number[];
}

/** A promise and what was measured of it: the median of `rounds` decides. */
export interface Check {
  readonly what: string;
  readonly unit: string;
  readonly bound: 'at least' | 'at most';
  readonly target: number;
  readonly rounds: readonly number[];
}

export interface Outcome {
  readonly settings: Readonly<Record<string, string | number>>;
  readonly readings: readonly Reading[];
  readonly checks: readonly Check[];
}

export interface Verdict extends Summary {
  readonly met: boolean;
}

export function judge({ bound, target, rounds }: Check): Verdict {
  const summary = summarise(rounds);
  return { ...summary, met: bound === 'at least' ? summary.median >= target : summary.median <= target };
}
