/**
 * The order book: where every order of a run ended. An order is opened once and ends once; whoever asks again is told
 * how it stands, and whoever wants another end is counted as a conflict, which the audit of the run forbids.
 */
import { assign, setup } from 'xstate';
import { reply, type ReplyTo } from 'troupe';
import { typed } from './typed.ts';

export type OrderStatus = 'open' | 'confirmed' | 'rejected';

export type OrderBookContext = {
  readonly orders: Readonly<Record<string, OrderStatus>>;
  /** Attempts to give an order that has ended another end. */
  readonly conflicts: number;
};

type Answer = ReplyTo<{ readonly type: 'ORDER_STATUS'; readonly status: OrderStatus }>;

export type OrderBookEvent =
  | { readonly type: 'OPEN'; readonly order: string; readonly replyTo?: Answer }
  | { readonly type: 'CONFIRM'; readonly order: string; readonly replyTo?: Answer }
  | { readonly type: 'REJECT'; readonly order: string; readonly replyTo?: Answer }
  | { readonly type: 'READ'; readonly replyTo?: ReplyTo<{ readonly type: 'ORDER_BOOK' } & OrderBookContext> };

interface Handled {
  readonly context: OrderBookContext;
  readonly event: OrderBookEvent;
}

const endOf = ({ type }: OrderBookEvent): 'confirmed' | 'rejected' =>
  type === 'CONFIRM' ? 'confirmed' : 'rejected';

const statusOf = ({ context, event }: Handled): OrderStatus | undefined =>
  'order' in event && Object.hasOwn(context.orders, event.order) ? context.orders[event.order] : undefined;

const base = setup({
  types: typed<{ context: OrderBookContext; events: OrderBookEvent }>(),
  actions: {
    open: assign(({ context, event }) =>
      'order' in event ? { orders: { ...context.orders, [event.order]: 'open' as const } } : {},
    ),
    end: assign(({ context, event }) =>
      'order' in event ? { orders: { ...context.orders, [event.order]: endOf(event) } } : {},
    ),
    countConflict: assign(({ context }) => ({ conflicts: context.conflicts + 1 })),
    answer: reply((handled: Handled) => ({
      type: 'ORDER_STATUS' as const,
      status: statusOf(handled) ?? 'open',
    })),
    report: reply(({ context }: Handled) => ({ type: 'ORDER_BOOK' as const, ...context })),
  },
  guards: {
    isKnown: (handled) => statusOf(handled) !== undefined,
    isEndedSo: (handled) => statusOf(handled) === endOf(handled.event),
    isEndedOtherwise: (handled) => {
      const status = statusOf(handled);
      return status !== undefined && status !== 'open' && status !== endOf(handled.event);
    },
  },
});

const ending = [
  { guard: 'isEndedSo', actions: 'answer' },
  { guard: 'isEndedOtherwise', actions: ['countConflict', 'answer'] },
  { actions: ['end', 'answer'] },
] as const;

export const orderBook = base.createMachine({
  id: 'order-book',
  context: { orders: {}, conflicts: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        OPEN: [{ guard: 'isKnown', actions: 'answer' }, { actions: ['open', 'answer'] }],
        CONFIRM: ending,
        REJECT: ending,
        READ: { actions: 'report' },
      },
    },
  },
});
