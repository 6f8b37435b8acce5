/** Who calls through the breaker: asks for a permit, makes the call, reports how it ended. */
import { assign, setup, type EventObject } from 'xstate';
import { tell } from 'troupe';

export interface CallerInput {
  readonly name: string;
  readonly breaker: string;
  readonly calls: number;
}

export interface CallerContext extends Pick<CallerInput, 'name' | 'breaker'> {
  /** Calls it will still make. */
  readonly left: number;
  /** The epoch of its permit. */
  readonly epoch: number | undefined;
}

/** CALL, SUCCEED, SLOW and FAIL are the environment's: that there is something to call, and how it went. */
type CallerEvent =
  | { readonly type: 'CALL' | 'SUCCEED' | 'SLOW' | 'FAIL' }
  | { readonly type: 'PERMITTED'; readonly epoch: number }
  | { readonly type: 'REJECTED' };

export const outcomes = (slow: boolean): EventObject[] => [
  { type: 'CALL' },
  { type: 'SUCCEED' },
  ...(slow ? [{ type: 'SLOW' }] : []),
  { type: 'FAIL' },
];

const base = setup({
  types: { context: {} as CallerContext, events: {} as CallerEvent, input: {} as CallerInput },
  guards: { mayCall: ({ context }) => context.left > 0 },
});

const ask = tell<CallerContext, CallerEvent, CallerEvent, EventObject & { replyTo: string }>(
  ({ context }) => context.breaker,
  ({ context }) => ({ type: 'ACQUIRE', replyTo: context.name }),
);

const report = (type: 'SUCCESS' | 'FAILURE', duration = 0) => [
  tell<CallerContext, CallerEvent, CallerEvent, EventObject>(
    ({ context }) => context.breaker,
    ({ context }) => ({ type, epoch: context.epoch, duration }),
  ),
  assign<CallerContext, CallerEvent, undefined, CallerEvent, never>({ epoch: undefined }),
];

export const caller = base.createMachine({
  id: 'caller',
  context: ({ input: { name, breaker, calls } }) => ({ name, breaker, left: calls, epoch: undefined }),
  initial: 'idle',
  states: {
    idle: {
      on: {
        CALL: {
          guard: 'mayCall',
          target: 'asking',
          actions: [ask, assign({ left: ({ context }) => context.left - 1 })],
        },
      },
    },
    asking: {
      on: {
        PERMITTED: { target: 'calling', actions: assign({ epoch: ({ event }) => event.epoch }) },
        REJECTED: 'idle',
      },
    },
    calling: {
      on: {
        SUCCEED: { target: 'idle', actions: report('SUCCESS') },
        SLOW: { target: 'idle', actions: report('SUCCESS', 60_000) },
        FAIL: { target: 'idle', actions: report('FAILURE') },
      },
    },
  },
});
