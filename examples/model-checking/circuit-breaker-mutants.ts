/** What goes wrong in circuit breakers, planted in the chart of Troupe. */
import { createMachine, type AnyStateMachine } from 'xstate';
import { circuitBreaker } from 'troupe/machines';

/**
 * - `one-probe-too-many`: half-open counts its permits with "at most" in place of "less than".
 * - `late-success`: a success closes an open breaker, also that of a call from before it opened.
 * - `no-epoch`: half-open takes a report of an earlier epoch for that of its probe.
 * - `lost-timer`: nothing ends the wait of an open breaker.
 */
export type Mutant = 'none' | 'one-probe-too-many' | 'late-success' | 'no-epoch' | 'lost-timer';

const { config, implementations } = circuitBreaker as AnyStateMachine;

/** The chart with its state `open` replaced. */
const withOpen = (change: (open: object) => object): AnyStateMachine => {
  const states = config.states as Readonly<Record<string, object>>;
  const open = change(states['open'] ?? {});
  return createMachine({ ...config, states: { ...states, open } } as never, implementations as never);
};

const publishClosed = { type: 'publish', params: { type: 'breaker.closed' } };

export const mutants: Readonly<Partial<Record<Mutant, AnyStateMachine>>> = {
  'one-probe-too-many': circuitBreaker.provide({
    guards: {
      hasPermit: ({ context }) => context.permits <= context.settings.permittedNumberOfCallsInHalfOpenState,
    },
  }),
  'late-success': withOpen((open) => ({
    ...open,
    on: {
      ...(open as { on?: object }).on,
      SUCCESS: { target: 'closed', actions: publishClosed },
    },
  })),
  'no-epoch': circuitBreaker.provide({
    guards: {
      isTrial: ({ context }) => context.permits > context.window.outcomes.length,
      isLastTrial: ({ context: { permits, window } }) =>
        permits > window.outcomes.length && window.outcomes.length + 1 === window.size,
    },
  }),
  'lost-timer': withOpen((open) => ({ ...open, after: {} })),
};
