/** What goes wrong in circuit breakers, planted in the chart of Troupe. */
import { createMachine, type AnyStateMachine } from 'xstate';
import { circuitBreaker } from 'troupe/machines';

const { config, implementations } = circuitBreaker as AnyStateMachine;

/** The chart with its state `open` replaced. */
const withOpen = (change: (open: object) => object): AnyStateMachine => {
  const states = config.states as Readonly<Record<string, object>>;
  const open = change(states['open'] ?? {});
  return createMachine({ ...config, states: { ...states, open } } as never, implementations as never);
};

const publishClosed = { type: 'publish', params: { type: 'breaker.closed' } };

export const mutants = {
  none: circuitBreaker,
  /** Half-open counts its permits with "at most" in place of "less than". */
  'one-probe-too-many': circuitBreaker.provide({
    guards: {
      hasPermit: ({ context }) => context.permits <= context.settings.permittedNumberOfCallsInHalfOpenState,
    },
  }),
  /** A success closes an open breaker, also that of a call from before it opened. */
  'late-success': withOpen((open) => ({
    ...open,
    on: { ...(open as { on?: object }).on, SUCCESS: { target: 'closed', actions: publishClosed } },
  })),
  /** Half-open takes a report of an earlier epoch for that of its probe. */
  'no-epoch': circuitBreaker.provide({
    guards: {
      isTrial: ({ context }) => context.permits > context.window.outcomes.length,
      isLastTrial: ({ context: { permits, window } }) =>
        permits > window.outcomes.length && window.outcomes.length + 1 === window.size,
    },
  }),
  /** Nothing ends the wait of an open breaker. */
  'lost-timer': withOpen((open) => ({ ...open, after: {} })),
} as const;
