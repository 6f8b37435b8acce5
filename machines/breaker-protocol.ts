import type { BreakerSettings } from './breaker-settings.ts';
import type { Rates, Window } from './breaker-window.ts';
import type { Ask } from './vocabulary.ts';

export type BreakerState = 'closed' | 'open' | 'halfOpen' | 'forcedOpen' | 'disabled';

export interface BreakerInput extends Partial<BreakerSettings> {
  /** Names the breaker in what it emits. Default `breaker`. */
  readonly name?: string;
}

export interface BreakerContext {
  readonly name: string;
  readonly settings: BreakerSettings;
  /** Counts the states entered. A permit is good for the epoch it was given in. */
  readonly epoch: number;
  readonly window: Window;
  /** Half-open permits given and not given back, reported or not. */
  readonly permits: number;
  readonly notPermittedCalls: number;
}

/** How a permitted call ended. `duration` (ms) decides whether it was slow; a call without one was not. */
interface Report {
  readonly epoch: number;
  readonly duration?: number;
}

export type BreakerEvent =
  | ({ readonly type: 'ACQUIRE' } & Ask)
  | ({ readonly type: 'SUCCESS' } & Report)
  | ({ readonly type: 'FAILURE'; readonly error?: unknown } & Report)
  | { readonly type: 'IGNORED'; readonly epoch: number }
  | { readonly type: 'RESET' }
  | { readonly type: 'FORCE_OPEN' }
  | { readonly type: 'DISABLE' };

/**
 * Answers to ACQUIRE. `retryAfter` (ms) is the whole wait of the open state, an upper bound, because a chart has no
 * clock; it is absent where no timer ends the rejecting.
 */
export type BreakerAnswer =
  | { readonly type: 'PERMITTED'; readonly epoch: number }
  | { readonly type: 'REJECTED'; readonly state: BreakerState; readonly retryAfter?: number };

export interface BreakerMetrics extends Rates {
  readonly notPermittedCalls: number;
}

/** Published whenever the breaker changes its state; `metrics` are those that led to the change. */
export interface BreakerEmitted {
  readonly type:
    'breaker.closed' | 'breaker.opened' | 'breaker.halfOpened' | 'breaker.forcedOpen' | 'breaker.disabled';
  readonly name: string;
  readonly metrics: BreakerMetrics;
}
