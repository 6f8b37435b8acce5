/**
 * The stock book: how many pieces are on hand, and what is reserved for which order. Recorded under the order, like the
 * charges of the ledger:
 *
 * | event                    | of a new order        | reserved | any other entry |
 * |--------------------------|-----------------------|----------|-----------------|
 * | RESERVE {order, lines}   | reserved or refused   | -        | -               |
 * | RELEASE {order}          | void (a tombstone)    | released | -               |
 * | READ                     | STOCK, all there is   |          |                 |
 *
 * An order gets all of its lines or none.
 */
import { assign, setup } from 'xstate';
import { reply, type ReplyTo } from 'troupe';
import { typed } from './typed.ts';

export type ReservationStatus = 'reserved' | 'refused' | 'released' | 'void';

/** Pieces by article. */
export type Lines = Readonly<Record<string, number>>;

export type Reservation = {
  readonly status: ReservationStatus;
  readonly lines: Lines;
};

export type StockContext = {
  readonly onHand: Lines;
  readonly reservations: Readonly<Record<string, Reservation>>;
};

type Answer = ReplyTo<{ readonly type: 'RESERVATION_STATUS'; readonly status: ReservationStatus }>;

export type StockEvent =
  | { readonly type: 'RESERVE'; readonly order: string; readonly lines: Lines; readonly replyTo?: Answer }
  | { readonly type: 'RELEASE'; readonly order: string; readonly replyTo?: Answer }
  | { readonly type: 'READ'; readonly replyTo?: ReplyTo<{ readonly type: 'STOCK' } & StockContext> };

interface Handled {
  readonly context: StockContext;
  readonly event: StockEvent;
}

const reservationOf = ({ context, event }: Handled): Reservation | undefined =>
  'order' in event && Object.hasOwn(context.reservations, event.order)
    ? context.reservations[event.order]
    : undefined;

const pieces = (onHand: Lines, sku: string): number => (Object.hasOwn(onHand, sku) ? (onHand[sku] ?? 0) : 0);

/** Take lines from what is on hand (sign -1), or put them back (+1). */
const move = (onHand: Lines, lines: Lines, sign: 1 | -1): Lines =>
  Object.entries(lines).reduce(
    (now, [sku, quantity]) => ({ ...now, [sku]: pieces(now, sku) + sign * quantity }),
    onHand,
  );

const write = (
  { reservations }: StockContext,
  order: string,
  status: ReservationStatus,
  lines: Lines,
): StockContext['reservations'] => ({ ...reservations, [order]: { status, lines } });

const base = setup({
  types: typed<{ context: StockContext; events: StockEvent; input: { readonly onHand: Lines } }>(),
  actions: {
    reserve: assign(({ context, event }) =>
      event.type === 'RESERVE'
        ? {
            onHand: move(context.onHand, event.lines, -1),
            reservations: write(context, event.order, 'reserved', event.lines),
          }
        : {},
    ),
    refuse: assign(({ context, event }) =>
      event.type === 'RESERVE' ? { reservations: write(context, event.order, 'refused', event.lines) } : {},
    ),
    release: assign(({ context, event }) => {
      const reservation = reservationOf({ context, event });
      if (event.type !== 'RELEASE' || reservation === undefined) return {};
      return {
        onHand: move(context.onHand, reservation.lines, 1),
        reservations: write(context, event.order, 'released', reservation.lines),
      };
    }),
    bury: assign(({ context, event }) =>
      event.type === 'RELEASE' ? { reservations: write(context, event.order, 'void', {}) } : {},
    ),
    answer: reply(({ context, event }: Handled) => ({
      type: 'RESERVATION_STATUS' as const,
      status: reservationOf({ context, event })?.status ?? 'void',
    })),
    report: reply(({ context }: Handled) => ({ type: 'STOCK' as const, ...context })),
  },
  guards: {
    isKnown: (handled) => reservationOf(handled) !== undefined,
    isReserved: (handled) => reservationOf(handled)?.status === 'reserved',
    isOnHand: ({ context, event }) =>
      event.type === 'RESERVE' &&
      Object.entries(event.lines).every(([sku, quantity]) => pieces(context.onHand, sku) >= quantity),
  },
});

export const stock = base.createMachine({
  id: 'stock',
  context: ({ input }) => ({ onHand: input.onHand, reservations: {} }),
  initial: 'open',
  states: {
    open: {
      on: {
        RESERVE: [
          { guard: 'isKnown', actions: 'answer' },
          { guard: 'isOnHand', actions: ['reserve', 'answer'] },
          { actions: ['refuse', 'answer'] },
        ],
        RELEASE: [
          { guard: 'isReserved', actions: ['release', 'answer'] },
          { guard: 'isKnown', actions: 'answer' },
          { actions: ['bury', 'answer'] },
        ],
        READ: { actions: 'report' },
      },
    },
  },
});
