import { assign, setup } from 'xstate';
import { typed } from '../../../machines/vocabulary.ts';

export interface OrderContext {
  readonly orderId: string;
  readonly note: string;
  readonly items: readonly { readonly sku: string; readonly quantity: number }[];
  readonly total: number;
  readonly attempts: number;
  readonly paymentId: string | undefined;
  readonly log: readonly string[];
}

type OrderEvent =
  | { type: 'PAY' }
  | { type: 'PAID'; paymentId: string }
  | { type: 'DECLINED'; reason: string }
  | { type: 'RESERVED' }
  | { type: 'LABELLED' }
  | { type: 'CANCEL' }
  | { type: 'REFUNDED' };

interface Types {
  context: OrderContext;
  events: OrderEvent;
  input: { orderId: string; note?: string };
}

/** An order: hierarchy, parallel regions, guards, a timer and history enough for a page to show. */
export const orderMachine = setup({
  types: typed<Types>(),
  guards: { mayRetry: ({ context }) => context.attempts < 3 },
  actions: {
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    remember: assign({
      paymentId: ({ event }) => (event.type === 'PAID' ? event.paymentId : undefined),
      log: ({ context, event }) => [...context.log, event.type],
    }),
    askPayment: () => undefined,
    askRefund: () => undefined,
  },
  delays: { paymentTimeout: 30_000, backoff: 2_000 },
}).createMachine({
  id: 'order',
  description: 'One order from basket to door',
  context: ({ input }) => ({
    orderId: input.orderId,
    note: input.note ?? 'leave at the door',
    items: [
      { sku: 'tea-250', quantity: 2 },
      { sku: 'pot-blue', quantity: 1 },
    ],
    total: 64.5,
    attempts: 0,
    paymentId: undefined,
    log: [],
  }),
  initial: 'placed',
  on: { CANCEL: { target: '.cancelling', guard: 'mayRetry' } },
  states: {
    placed: { on: { PAY: { target: 'paying', actions: 'askPayment' } } },
    paying: {
      initial: 'waiting',
      entry: 'countAttempt',
      on: {
        PAID: { target: 'fulfilling', actions: 'remember' },
        DECLINED: [{ target: '.retrying', guard: 'mayRetry' }, { target: 'rejected' }],
      },
      states: {
        waiting: { tags: ['waiting'], after: { paymentTimeout: { target: 'retrying' } } },
        retrying: { after: { backoff: { target: '#order.paying', reenter: true } } },
      },
    },
    fulfilling: {
      type: 'parallel',
      states: {
        stock: {
          initial: 'asked',
          states: { asked: { on: { RESERVED: 'reserved' } }, reserved: { type: 'final' } },
        },
        label: {
          initial: 'asked',
          states: { asked: { on: { LABELLED: 'printed' } }, printed: { type: 'final' } },
        },
      },
      onDone: { target: 'shipped' },
    },
    cancelling: { entry: 'askRefund', on: { REFUNDED: 'cancelled' } },
    shipped: { type: 'final' },
    cancelled: { type: 'final' },
    rejected: { type: 'final' },
  },
});
