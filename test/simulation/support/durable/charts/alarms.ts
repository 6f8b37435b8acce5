import { assign, cancel, raise, setup } from 'xstate';
import { tell } from '../../../../../src/actor/words.ts';
import type { Kinds } from '../cluster.ts';

export interface Witness {
  readonly rang: readonly string[];
  readonly raised: readonly string[];
}

const witness = setup({
  types: {
    context: {} as Witness,
    events: {} as { type: 'RANG'; key: string } | { type: 'RAISED'; key: string },
  },
}).createMachine({
  id: 'witness',
  context: { rang: [], raised: [] },
  on: {
    RANG: { actions: assign({ rang: ({ context, event }) => [...context.rang, event.key] }) },
    RAISED: { actions: assign({ raised: ({ context, event }) => [...context.raised, event.key] }) },
  },
});

/** Two timers: an `after`, and a delayed event of its own; both are cancelled by CANCEL. */
const alarm = setup({
  types: {
    context: {} as { key: string; delay: number },
    input: {} as { key: string },
    events: {} as { type: 'SET'; delay: number } | { type: 'CANCEL' } | { type: 'RAISE' },
  },
  delays: { wait: ({ context }) => context.delay },
  actions: {
    ring: tell('witness/main', ({ context }) => ({ type: 'RANG', key: context.key })),
    report: tell('witness/main', ({ context }) => ({ type: 'RAISED', key: context.key })),
    raiseLater: raise({ type: 'RAISE' }, { id: 'raise', delay: 'wait' }),
  },
}).createMachine({
  id: 'alarm',
  context: ({ input }) => ({ key: input.key, delay: 0 }),
  initial: 'idle',
  on: { RAISE: { actions: 'report' } },
  states: {
    idle: {
      on: { SET: { target: 'set', actions: [assign({ delay: ({ event }) => event.delay }), 'raiseLater'] } },
    },
    set: {
      after: { wait: { target: 'rung', actions: 'ring' } },
      on: { CANCEL: { target: 'cancelled', actions: cancel('raise') } },
    },
    rung: {},
    cancelled: {},
  },
});

export const alarms: Kinds = () => ({
  witness: { logic: witness },
  alarm: { logic: alarm, options: { input: (key: string) => ({ key }) } },
});
