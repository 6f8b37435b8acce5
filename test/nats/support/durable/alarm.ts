import { assign, setup } from 'xstate';

export interface AlarmContext {
  readonly delay: number;
  readonly rang: number;
}

/** Rings once, `delay` after it was set, unless it is cancelled before. */
export const alarm = setup({
  types: { context: {} as AlarmContext, events: {} as { type: 'SET'; delay: number } | { type: 'CANCEL' } },
  delays: { wait: ({ context }) => context.delay },
}).createMachine({
  id: 'alarm',
  context: { delay: 0, rang: 0 },
  initial: 'idle',
  states: {
    idle: { on: { SET: { target: 'set', actions: assign({ delay: ({ event }) => event.delay }) } } },
    set: {
      after: { wait: { target: 'idle', actions: assign({ rang: ({ context }) => context.rang + 1 }) } },
      on: { CANCEL: 'cancelled' },
    },
    cancelled: {},
  },
});
