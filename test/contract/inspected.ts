import { assign, fromPromise, sendTo, setup } from 'xstate';
import { reply, tell, type ReplyTo } from '../../src/index.ts';

/** What must not be told. */
export const SECRET = 'sEcReT';

const child = setup({}).createMachine({
  id: 'child',
  initial: 'off',
  states: { off: { on: { LIGHT: 'on' } }, on: {} },
});

/** An actor with all that an inspector shows: a child, a timer, work, guards, something to hide. */
export const order = setup({
  types: {
    context: {} as { n: number; card: string },
    events: {} as
      | { type: 'ADD'; password?: string; replyTo?: ReplyTo<{ type: 'SUM' }> }
      | { type: 'PAY' }
      | { type: 'LIGHT' }
      | { type: 'FAIL' }
      | { type: 'WORK' },
  },
  actors: { child, work: fromPromise(async () => Promise.resolve('done')) },
  guards: { never: () => false },
}).createMachine({
  id: 'order',
  context: { n: 0, card: SECRET },
  initial: 'open',
  invoke: { src: 'child', id: 'lamp' },
  on: { LIGHT: { actions: sendTo('lamp', { type: 'LIGHT' }) } },
  states: {
    open: {
      after: { 60_000: 'late' },
      on: {
        ADD: {
          actions: [assign({ n: ({ context }) => context.n + 1 }), reply({ type: 'SUM' as const })],
        },
        PAY: [
          { guard: 'never', target: 'late' },
          { target: 'paid', actions: tell('stock', { type: 'ADD' }) },
        ],
        FAIL: {
          actions: [
            tell('stock', { type: 'ADD' }),
            () => {
              throw new Error('it fails');
            },
          ],
        },
        WORK: 'working',
      },
    },
    working: { invoke: { src: 'work', onDone: 'paid' } },
    paid: { tags: ['good'] },
    late: {},
  },
});
