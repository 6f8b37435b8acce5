import type { BreakerContext, BreakerEvent, BreakerMetrics } from './breaker-protocol.ts';
import type { BreakerSettings } from './breaker-settings.ts';
import { emptyWindow, rates, record, type Window } from './breaker-window.ts';

/** What resilience4j's `CircuitBreaker.Metrics` reports; rates are -1 below the minimum number of calls. */
export const metrics = ({ window, notPermittedCalls }: BreakerContext): BreakerMetrics => ({
  ...rates(window),
  notPermittedCalls,
});

/** The window with the call of this SUCCESS or FAILURE in it. */
export const recorded = ({ window, settings }: BreakerContext, event: BreakerEvent): Window =>
  record(window, {
    failed: event.type === 'FAILURE',
    slow: 'duration' in event && event.duration > settings.slowCallDurationThreshold,
  });

/** Rates at the threshold count as above it, as in resilience4j; cockatiel and opossum compare strictly. */
const exceeds = (window: Window, settings: BreakerSettings): boolean => {
  const { failureRate, slowCallRate } = rates(window);
  return failureRate >= settings.failureRateThreshold || slowCallRate >= settings.slowCallRateThreshold;
};

export const isCurrent = (context: BreakerContext, event: BreakerEvent): boolean =>
  'epoch' in event && event.epoch === context.epoch;

export const trips = (context: BreakerContext, event: BreakerEvent): boolean =>
  isCurrent(context, event) && exceeds(recorded(context, event), context.settings);

/** A report beyond the permits given (a duplicate) is nobody's trial: counting it would decide too early. */
export const isTrial = (context: BreakerContext, event: BreakerEvent): boolean =>
  isCurrent(context, event) && context.permits > context.window.outcomes.length;

export const isLastTrial = (context: BreakerContext, event: BreakerEvent): boolean =>
  isTrial(context, event) && context.window.outcomes.length + 1 === context.window.size;

/** The window a closed breaker starts with. */
export const closedWindow = ({ slidingWindowSize, minimumNumberOfCalls }: BreakerSettings): Window =>
  emptyWindow(slidingWindowSize, minimumNumberOfCalls);

/** The window of half-open: exactly its trial calls, which decide together. */
export const trialWindow = ({ permittedNumberOfCallsInHalfOpenState: trials }: BreakerSettings): Window =>
  emptyWindow(trials, trials);
