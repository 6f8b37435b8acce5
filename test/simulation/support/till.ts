import { assign, setup } from 'xstate';
import { reply, tell } from '../../../src/actor/words.ts';
import {
  always,
  defineSystem,
  quiescent,
  sometimes,
  type Faults,
  type System,
} from '../../../src/testing/model/spec.ts';

const till = (dedupe: boolean) =>
  setup({
    types: {
      context: {} as { charged: Record<string, number> },
      events: {} as { type: 'CHARGE'; id: string; replyTo: string },
    },
  }).createMachine({
    id: 'till',
    context: { charged: {} },
    on: {
      CHARGE: [
        {
          guard: ({ context, event }) => dedupe && (context.charged[event.id] ?? 0) > 0,
          actions: reply(({ event }) => ({ type: 'CHARGED', id: event.id })),
        },
        {
          actions: [
            assign({
              charged: ({ context, event }) => ({
                ...context.charged,
                [event.id]: (context.charged[event.id] ?? 0) + 1,
              }),
            }),
            reply(({ event }) => ({ type: 'CHARGED', id: event.id })),
          ],
        },
      ],
    },
  });

const payer = setup({
  types: {
    context: {} as { id: string; paid: number },
    events: {} as { type: 'PAY' } | { type: 'CHARGED'; id: string },
    input: {} as { id: string },
  },
}).createMachine({
  id: 'payer',
  context: ({ input }) => ({ id: input.id, paid: 0 }),
  initial: 'idle',
  states: {
    idle: { on: { PAY: 'paying' } },
    paying: {
      entry: tell('till', ({ context }) => ({ type: 'CHARGE', id: context.id, replyTo: context.id })),
      after: { 50: { target: 'paying', reenter: true } },
      on: { CHARGED: 'paid' },
    },
    paid: {},
  },
});

/** Payers that charge a till again until it answers; a till without dedupe charges some twice. */
export const tills = (dedupe: boolean, faults: Faults = {}, payers = 2): System => {
  const names = Array.from({ length: payers }, (_, at) => `payer${at}`);
  return defineSystem({
    name: 'till',
    faults,
    actors: {
      till: { logic: till(dedupe), durable: true },
      ...Object.fromEntries(
        names.map((id) => [id, { logic: payer, input: { id }, choices: [{ type: 'PAY' }], durable: true }]),
      ),
    },
    properties: [
      always('nobody is charged twice', ({ actors }) =>
        Object.values(
          (actors['till']?.context as { charged: Record<string, number> } | undefined)?.charged ?? {},
        ).every((times) => times <= 1),
      ),
      sometimes('somebody has paid', ({ actors }) => names.some((name) => actors[name]?.matches('paid'))),
      quiescent('all have paid', ({ actors }) => names.every((name) => actors[name]?.matches('paid'))),
    ],
  });
};
