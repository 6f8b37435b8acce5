import { assign, setup } from 'xstate';
import { reply, type System } from 'troupe';

export interface SleeperContext {
  /** When it was to wake, and when it did, ms since the epoch: one of each per sleep. */
  readonly due: readonly number[];
  readonly woken: readonly number[];
}

type SleeperEvent =
  { type: 'SLEEP'; ms: number } | { type: 'FORGET' } | { type: 'ARE_YOU_THERE'; replyTo?: string };

/** Sleeps until a time, and writes down when it woke. */
export const sleeper = setup({
  types: { context: {} as SleeperContext & { ms: number }, events: {} as SleeperEvent },
  delays: { sleep: ({ context }) => context.ms },
}).createMachine({
  id: 'sleeper',
  context: { ms: 0, due: [], woken: [] },
  initial: 'awake',
  on: { ARE_YOU_THERE: { actions: reply({ type: 'HERE' } as never) } },
  states: {
    awake: {
      on: {
        SLEEP: {
          target: 'asleep',
          actions: assign({
            ms: ({ event }) => event.ms,
            due: ({ context, event }) => [...context.due, Date.now() + event.ms],
          }),
        },
      },
    },
    asleep: {
      on: { FORGET: 'awake' },
      after: {
        sleep: {
          target: 'awake',
          actions: assign({ woken: ({ context }) => [...context.woken, Date.now()] }),
        },
      },
    },
  },
});

/** @param idle ms, after which one that sleeps leaves memory */
export async function hostSleepers(system: System, idle: number): Promise<void> {
  await system.host('sleeper', sleeper, { idle });
}
