import { count, duration, percentage } from './check.ts';
import { failure } from './fault.ts';

/** Names and defaults are resilience4j's `CircuitBreakerConfig`; durations are in milliseconds. */
export interface BreakerSettings {
  /** Calls the closed breaker remembers. Default 100. */
  readonly slidingWindowSize: number;
  /** Calls before a rate is computed, clamped to the window. Default 100. */
  readonly minimumNumberOfCalls: number;
  /** Opens at this percentage of failed calls or above. Default 50. */
  readonly failureRateThreshold: number;
  /** A call that took longer is slow. Default 60 000. */
  readonly slowCallDurationThreshold: number;
  /** Opens at this percentage of slow calls or above. Default 100. */
  readonly slowCallRateThreshold: number;
  /** How long the breaker stays open. Default 60 000. */
  readonly waitDurationInOpenState: number;
  /** Trial calls in half-open. Default 10. */
  readonly permittedNumberOfCallsInHalfOpenState: number;
  /** Half-open opens again when its trial calls did not all report in this time. Default 0: waits for ever. */
  readonly maxWaitDurationInHalfOpenState: number;
}

const chart = 'circuit-breaker';

const maxWait = (value: number): number => {
  if (value === 0) return 0;
  return duration(chart, 'maxWaitDurationInHalfOpenState (0 waits for ever)', value, 1000);
};

/** Fills in the defaults. Throws `INVALID_OPTION` where resilience4j's builder refuses. */
export const breakerSettings = (given: Partial<BreakerSettings> = {}): BreakerSettings => {
  const slidingWindowSize = count(chart, 'slidingWindowSize', given.slidingWindowSize ?? 100);
  const slowest = given.slowCallDurationThreshold ?? 60_000;
  if (!(slowest > 0)) {
    throw failure(
      'INVALID_OPTION',
      `${chart}: slowCallDurationThreshold is ${slowest}; it must be above 0 (ms).`,
    );
  }
  const minimum = count(chart, 'minimumNumberOfCalls', given.minimumNumberOfCalls ?? 100);
  return {
    slidingWindowSize,
    minimumNumberOfCalls: Math.min(minimum, slidingWindowSize),
    failureRateThreshold: percentage(chart, 'failureRateThreshold', given.failureRateThreshold ?? 50),
    slowCallDurationThreshold: slowest,
    slowCallRateThreshold: percentage(chart, 'slowCallRateThreshold', given.slowCallRateThreshold ?? 100),
    waitDurationInOpenState: duration(
      chart,
      'waitDurationInOpenState',
      given.waitDurationInOpenState ?? 60_000,
    ),
    permittedNumberOfCallsInHalfOpenState: count(
      chart,
      'permittedNumberOfCallsInHalfOpenState',
      given.permittedNumberOfCallsInHalfOpenState ?? 10,
    ),
    maxWaitDurationInHalfOpenState: maxWait(given.maxWaitDurationInHalfOpenState ?? 0),
  };
};
