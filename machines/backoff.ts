import { duration } from './check.ts';
import { failure } from './fault.ts';

/**
 * Exponential backoff without jitter (a chart has no randomness), in the terms of Temporal's retry policy.
 * Durations in milliseconds.
 */
export interface Backoff {
  /** Wait before the second attempt. Default 1000. */
  readonly initialInterval: number;
  /** Factor between two waits, 1 or more. Default 2. */
  readonly backoffCoefficient: number;
  /** No wait is longer. Default 100 times the initial interval, at most the longest delay of a timer. */
  readonly maximumInterval: number;
}

/** The policy with its defaults filled in. Throws `INVALID_OPTION` on a value that cannot be waited for. */
export const backoff = (chart: string, given: Partial<Backoff> = {}): Backoff => {
  const initialInterval = duration(chart, 'initialInterval', given.initialInterval ?? 1000);
  const backoffCoefficient = given.backoffCoefficient ?? 2;
  if (!(backoffCoefficient >= 1 && backoffCoefficient < Infinity)) {
    throw failure(
      'INVALID_OPTION',
      `${chart}: backoffCoefficient is ${backoffCoefficient}; it must be 1 or more.`,
    );
  }
  const maximumInterval = given.maximumInterval ?? Math.min(100 * initialInterval, 2 ** 31 - 1);
  return {
    initialInterval,
    backoffCoefficient,
    maximumInterval: duration(chart, 'maximumInterval', maximumInterval, initialInterval),
  };
};

/** Milliseconds to wait after the given attempt (1 is the first) failed. */
export const delayAfter = (policy: Backoff, attempt: number): number =>
  Math.round(
    Math.min(policy.maximumInterval, policy.initialInterval * policy.backoffCoefficient ** (attempt - 1)),
  );
