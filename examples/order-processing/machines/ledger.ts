/**
 * The customer ledger: who has how much, and what became of the charge of each order. Every operation is recorded under
 * its order, so that it takes effect once however often it is asked for:
 *
 * | event                               | of a new order        | charged  | any other entry |
 * |-------------------------------------|-----------------------|----------|-----------------|
 * | CHARGE {order, customer, amount}    | charged or declined   | -        | -               |
 * | REFUND {order}                      | void (a tombstone)    | refunded | -               |
 * | READ                                | LEDGER, all there is  |          |                 |
 *
 * The tombstone is what makes compensating an unknown outcome safe: a CHARGE that arrives after its REFUND finds the
 * order void and takes no money.
 */
import { assign, setup } from 'xstate';
import { reply, type ReplyTo } from 'troupe';
import { typed } from './typed.ts';

export type ChargeStatus = 'charged' | 'declined' | 'refunded' | 'void';

export type Charge = {
  readonly status: ChargeStatus;
  readonly customer: string;
  readonly amount: number;
};

export type LedgerContext = {
  /** Cents, by customer. */
  readonly balances: Readonly<Record<string, number>>;
  readonly merchant: number;
  readonly charges: Readonly<Record<string, Charge>>;
};

type Answer = ReplyTo<{ readonly type: 'CHARGE_STATUS'; readonly status: ChargeStatus }>;

export type LedgerEvent =
  | {
      readonly type: 'CHARGE';
      readonly order: string;
      readonly customer: string;
      readonly amount: number;
      readonly replyTo?: Answer;
    }
  | { readonly type: 'REFUND'; readonly order: string; readonly replyTo?: Answer }
  | { readonly type: 'READ'; readonly replyTo?: ReplyTo<{ readonly type: 'LEDGER' } & LedgerContext> };

interface Handled {
  readonly context: LedgerContext;
  readonly event: LedgerEvent;
}

const chargeOf = ({ context, event }: Handled): Charge | undefined =>
  'order' in event && Object.hasOwn(context.charges, event.order) ? context.charges[event.order] : undefined;

const balanceOf = ({ balances }: LedgerContext, customer: string): number =>
  Object.hasOwn(balances, customer) ? (balances[customer] ?? 0) : 0;

/** Move money from a customer to the merchant; a negative amount moves it back. */
const move = (context: LedgerContext, customer: string, amount: number): Partial<LedgerContext> => ({
  balances: { ...context.balances, [customer]: balanceOf(context, customer) - amount },
  merchant: context.merchant + amount,
});

const base = setup({
  types: typed<{
    context: LedgerContext;
    events: LedgerEvent;
    input: { readonly balances: Readonly<Record<string, number>> };
  }>(),
  actions: {
    charge: assign(({ context, event }) => {
      if (event.type !== 'CHARGE') return {};
      const { order, customer, amount } = event;
      const charges = { ...context.charges, [order]: { status: 'charged', customer, amount } as const };
      return { ...move(context, customer, amount), charges };
    }),
    decline: assign(({ context, event }) => {
      if (event.type !== 'CHARGE') return {};
      const { order, customer, amount } = event;
      return { charges: { ...context.charges, [order]: { status: 'declined', customer, amount } as const } };
    }),
    refund: assign(({ context, event }) => {
      const charge = chargeOf({ context, event });
      if (event.type !== 'REFUND' || charge === undefined) return {};
      const charges = { ...context.charges, [event.order]: { ...charge, status: 'refunded' } as const };
      return { ...move(context, charge.customer, -charge.amount), charges };
    }),
    bury: assign(({ context, event }) => {
      if (event.type !== 'REFUND') return {};
      const tombstone = { status: 'void', customer: '', amount: 0 } as const;
      return { charges: { ...context.charges, [event.order]: tombstone } };
    }),
    answer: reply((handled: Handled) => ({
      type: 'CHARGE_STATUS' as const,
      status: chargeOf(handled)?.status ?? 'void',
    })),
    report: reply(({ context }: Handled) => ({ type: 'LEDGER' as const, ...context })),
  },
  guards: {
    isKnown: (handled) => chargeOf(handled) !== undefined,
    isCharged: (handled) => chargeOf(handled)?.status === 'charged',
    isCovered: ({ context, event }) =>
      event.type === 'CHARGE' && balanceOf(context, event.customer) >= event.amount,
  },
});

export const ledger = base.createMachine({
  id: 'ledger',
  context: ({ input }) => ({ balances: input.balances, merchant: 0, charges: {} }),
  initial: 'open',
  states: {
    open: {
      on: {
        CHARGE: [
          { guard: 'isKnown', actions: 'answer' },
          { guard: 'isCovered', actions: ['charge', 'answer'] },
          { actions: ['decline', 'answer'] },
        ],
        REFUND: [
          { guard: 'isCharged', actions: ['refund', 'answer'] },
          { guard: 'isKnown', actions: 'answer' },
          { actions: ['bury', 'answer'] },
        ],
        READ: { actions: 'report' },
      },
    },
  },
});
