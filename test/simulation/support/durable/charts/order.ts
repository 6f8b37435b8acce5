import { assign, setup } from 'xstate';
import { ask, reply, tell, type AskLogic } from '../../../../../src/actor/words.ts';
import type { ReplyTo } from '../../../../../src/message/address.ts';
import type { Kinds } from '../cluster.ts';

export const START_STOCK = 4;
export const PRICE_LIMIT = 100;
/** Longer than any run: an answer that does not come is a fault. */
const PATIENCE = 24 * 3_600_000;

type Reserved = { type: 'RESERVED' } | { type: 'SOLD_OUT' };

export interface Stock {
  readonly available: number;
  readonly reserved: readonly string[];
  readonly released: readonly string[];
}

/** Counts what it is told, and keeps no keys: told twice, it counts twice. */
const stock = setup({
  types: {
    context: {} as Stock,
    events: {} as
      { type: 'RESERVE'; order: string; replyTo?: ReplyTo<Reserved> } | { type: 'RELEASE'; order: string },
  },
}).createMachine({
  id: 'stock',
  context: { available: START_STOCK, reserved: [], released: [] },
  on: {
    RESERVE: [
      {
        guard: ({ context }) => context.available > 0,
        actions: [
          assign(({ context, event }) => ({
            available: context.available - 1,
            reserved: [...context.reserved, event.order],
          })),
          reply({ type: 'RESERVED' as const }),
        ],
      },
      { actions: reply({ type: 'SOLD_OUT' as const }) },
    ],
    RELEASE: {
      actions: assign(({ context, event }) => ({
        available: context.available + 1,
        released: [...context.released, event.order],
      })),
    },
  },
});

export interface Payment {
  readonly balance: number;
  readonly paid: readonly string[];
  readonly refused: readonly string[];
}

const payment = setup({
  types: {
    context: {} as Payment,
    events: {} as { type: 'PAY'; order: string; amount: number; by: string },
  },
  actions: {
    accept: tell(({ event }) => event.by, { type: 'PAID' }),
    refuse: tell(({ event }) => event.by, { type: 'REFUSED' }),
  },
}).createMachine({
  id: 'payment',
  context: { balance: 0, paid: [], refused: [] },
  on: {
    PAY: [
      {
        guard: ({ event }) => event.amount <= PRICE_LIMIT,
        actions: [
          assign(({ context, event }) => ({
            balance: context.balance + event.amount,
            paid: [...context.paid, event.order],
          })),
          'accept',
        ],
      },
      {
        actions: [assign(({ context, event }) => ({ refused: [...context.refused, event.order] })), 'refuse'],
      },
    ],
  },
});

export interface Order {
  readonly key: string;
  readonly amount: number;
}

const orderOf = (ship: (order: string) => void) =>
  setup({
    types: {
      context: {} as Order,
      input: {} as { key: string },
      events: {} as { type: 'PLACE'; amount: number } | { type: 'PAID' } | { type: 'REFUSED' },
    },
    actors: { ask: ask as AskLogic<Reserved> },
    actions: {
      pay: tell('payment/main', ({ context }) => ({
        type: 'PAY',
        order: context.key,
        amount: context.amount,
        by: `order/${context.key}`,
      })),
      release: tell('stock/main', ({ context }) => ({ type: 'RELEASE', order: context.key })),
      ship: ({ context }) => ship(context.key),
    },
  }).createMachine({
    id: 'order',
    context: ({ input }) => ({ key: input.key, amount: 0 }),
    initial: 'open',
    states: {
      open: {
        on: { PLACE: { target: 'reserving', actions: assign({ amount: ({ event }) => event.amount }) } },
      },
      reserving: {
        invoke: {
          src: 'ask',
          input: ({ context }) => ({
            to: 'stock/main',
            event: { type: 'RESERVE', order: context.key },
            timeout: PATIENCE,
          }),
          onDone: [
            { guard: ({ event }) => event.output.type === 'RESERVED', target: 'paying' },
            { target: 'refused' },
          ],
          onError: 'failed',
        },
      },
      paying: {
        entry: 'pay',
        on: { PAID: { target: 'completed', actions: 'ship' }, REFUSED: 'compensated' },
      },
      completed: {},
      compensated: { entry: 'release' },
      refused: {},
      failed: {},
    },
  });

/** @param shipped what happens outside when an order is completed; the point before it may kill the process */
export const orders =
  (shipped: (order: string) => void): Kinds =>
  (process, world) => ({
    stock: { logic: stock },
    payment: { logic: payment },
    order: {
      logic: orderOf((order) => {
        if (world.point(process, `ships ${order}`)) shipped(order);
      }),
      options: { input: (key: string) => ({ key }) },
    },
  });
