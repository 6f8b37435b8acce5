import { assign, setup } from 'xstate';

type Event = { readonly type: 'KEEP'; readonly text: string } | { readonly type: 'WAIT' };

/** Keeps a text; told to wait, it has a timer that is far away. */
export const keeping = setup({
  types: { context: {} as { readonly text: string }, events: {} as Event },
}).createMachine({
  id: 'keeping',
  context: { text: '' },
  initial: 'idle',
  states: {
    idle: {
      on: { KEEP: { actions: assign({ text: ({ event }) => event.text }) }, WAIT: 'waiting' },
    },
    waiting: {
      after: { 86_400_000: 'idle' },
      on: { KEEP: { actions: assign({ text: ({ event }) => event.text }) } },
    },
  },
});
