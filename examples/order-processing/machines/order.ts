/**
 * One order in the choreography: says what it wants, hears what became of it. No controller: it does not know who takes
 * the money, and when the goods are not there the payment desk hears that as well and gives the money back by itself.
 *
 * The bus delivers at most once and a participant may die, so every state that waits says its wish again after a while;
 * that is harmless, because the books take each order's operation once. In `refunding` the wish that is repeated is the
 * one whose refusal makes the payment desk refund.
 */
import { assign, emit, setup } from 'xstate';
import { ask } from 'troupe';
import type { ShopEvent } from '../events.ts';
import type { Ticket } from '../order.ts';
import { typed } from './typed.ts';

export type OrderContext = {
  readonly ticket: Ticket;
  readonly reason: string;
};

type Heard = ShopEvent<
  'payment.completed' | 'payment.failed' | 'payment.refunded' | 'inventory.reserved' | 'inventory.rejected'
>;

const base = setup({
  types: typed<{
    context: OrderContext;
    events: Heard;
    input: Ticket;
    emitted: ShopEvent<'payment.requested' | 'inventory.reserve' | 'order.confirmed' | 'order.rejected'>;
  }>(),
  actors: { ask },
  actions: {
    keepReason: assign(({ event }) => ({ reason: event.reason ?? event.type })),
    requestPayment: emit(({ context: { ticket } }) => ({ type: 'payment.requested', ticket })),
    requestGoods: emit(({ context: { ticket } }) => ({ type: 'inventory.reserve', ticket })),
    confirm: emit(({ context: { ticket } }) => ({ type: 'order.confirmed', ticket })),
    reject: emit(({ context: { ticket, reason } }) => ({ type: 'order.rejected', ticket, reason })),
  },
  guards: {
    isMine: ({ context, event }) =>
      event.ticket.run === context.ticket.run && event.ticket.order.id === context.ticket.order.id,
  },
  delays: {
    /** Longer than a participant takes, shorter than a customer's patience. */
    patience: 600,
  },
});

/** Write into the order book; it does not answer when its node is overloaded, and is asked again. */
const record = <TTarget extends string>(type: 'OPEN' | 'CONFIRM' | 'REJECT', target: TTarget) =>
  ({
    invoke: {
      src: 'ask',
      input: ({ context: { ticket } }: { context: OrderContext }) => ({
        to: `order-book/${ticket.run}`,
        event: { type, order: ticket.order.id },
        timeout: 600,
      }),
      onDone: target,
    },
  }) as const;

export const order = base.createMachine({
  id: 'order',
  context: ({ input }) => ({ ticket: input, reason: '' }),
  initial: 'opening',
  states: {
    opening: { ...record('OPEN', 'paying'), after: { patience: { target: 'opening', reenter: true } } },
    paying: {
      entry: 'requestPayment',
      on: {
        'payment.completed': { guard: 'isMine', target: 'reserving' },
        'payment.failed': { guard: 'isMine', target: 'rejecting', actions: 'keepReason' },
      },
      after: { patience: { target: 'paying', reenter: true } },
    },
    reserving: {
      entry: 'requestGoods',
      on: {
        'inventory.reserved': { guard: 'isMine', target: 'confirming' },
        'inventory.rejected': { guard: 'isMine', target: 'refunding', actions: 'keepReason' },
      },
      after: { patience: { target: 'reserving', reenter: true } },
    },
    refunding: {
      on: { 'payment.refunded': { guard: 'isMine', target: 'rejecting' } },
      after: { patience: { target: 'refunding', reenter: true, actions: 'requestGoods' } },
    },
    confirming: {
      ...record('CONFIRM', 'confirmed'),
      after: { patience: { target: 'confirming', reenter: true } },
    },
    rejecting: {
      ...record('REJECT', 'rejected'),
      after: { patience: { target: 'rejecting', reenter: true } },
    },
    confirmed: { type: 'final', entry: 'confirm' },
    rejected: { type: 'final', entry: 'reject' },
  },
});
