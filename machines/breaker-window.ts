/**
 * A count-based sliding window: the outcomes of the last `size` calls, oldest first, one letter each, so that
 * a snapshot stays small and can be read by eye. After resilience4j's `FixedSizeSlidingWindowMetrics`.
 */
export interface Window {
  /** Calls kept. */
  readonly size: number;
  /** Calls needed before rates mean anything. */
  readonly minimum: number;
  /** `.` success, `s` slow success, `F` failure, `S` slow failure. */
  readonly outcomes: string;
}

export interface Outcome {
  readonly failed: boolean;
  readonly slow: boolean;
}

/** Counts and rates of a window. A rate is in per cent, and -1 below the minimum number of calls. */
export interface Rates {
  readonly failureRate: number;
  readonly slowCallRate: number;
  readonly bufferedCalls: number;
  readonly failedCalls: number;
  readonly slowCalls: number;
}

/** An empty window. A minimum that the window could never reach is clamped to its size, as in resilience4j. */
export const emptyWindow = (size: number, minimum: number): Window => ({
  size,
  minimum: Math.min(minimum, size),
  outcomes: '',
});

const letter = ({ failed, slow }: Outcome): string => (failed ? (slow ? 'S' : 'F') : slow ? 's' : '.');

export const record = (window: Window, outcome: Outcome): Window => ({
  ...window,
  outcomes: (window.outcomes + letter(outcome)).slice(-window.size),
});

const tally = (outcomes: string, letters: string): number => {
  let found = 0;
  for (const outcome of outcomes) if (letters.includes(outcome)) found += 1;
  return found;
};

export const rates = ({ minimum, outcomes }: Window): Rates => {
  const failedCalls = tally(outcomes, 'FS');
  const slowCalls = tally(outcomes, 'sS');
  const rate = (calls: number): number => (outcomes.length < minimum ? -1 : (calls * 100) / outcomes.length);
  return {
    failureRate: rate(failedCalls),
    slowCallRate: rate(slowCalls),
    bufferedCalls: outcomes.length,
    failedCalls,
    slowCalls,
  };
};
