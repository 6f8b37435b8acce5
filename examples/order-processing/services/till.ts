import { createClient, withBreaker, type System } from 'troupe';
import { breaker, ledgerOf } from '../addresses.ts';
import type { Bank, Payments } from '../contracts.ts';
import type { ledger } from '../machines/ledger.ts';
import { refusal } from './refusal.ts';
import { takeTime } from './work.ts';

const timeout = 1_000;

export interface Till {
  readonly charge: (ticket: Parameters<Payments['charge']>[0]) => Promise<ReturnType<Payments['charge']>>;
  readonly refund: (ticket: Parameters<Payments['refund']>[0]) => Promise<void>;
}

/**
 * What the payment service does, whoever wants it and in whichever style. Calls to the bank go through the breaker: while
 * it is open they fail at once with CIRCUIT_OPEN.
 */
export function createTill(system: System): Till {
  const bank = createClient<Bank>(system.ref('bank'), { timeout });
  const guarded = withBreaker(system.ref(breaker), { timeout });
  const ledgerFor = (run: string) => system.ref<typeof ledger>(ledgerOf(run));
  return {
    charge: async (ticket) => {
      const { id, customer, amount, card } = ticket.order;
      const { accepted } = await guarded(async () => bank.check(card));
      if (!accepted) throw refusal('CARD_DECLINED', ticket, 'the bank declined the card');
      await takeTime('payment');
      const question = { type: 'CHARGE', order: id, customer, amount } as const;
      const { status } = await ledgerFor(ticket.run).ask(question, { timeout });
      if (status === 'charged') return { charged: amount };
      if (status === 'declined') {
        throw refusal('INSUFFICIENT_FUNDS', ticket, `${customer} does not have ${amount} cents`);
      }
      throw refusal('CANCELLED', ticket, 'it was cancelled before it was paid');
    },
    refund: async ({ run, order }) => {
      await takeTime('payment');
      await ledgerFor(run).ask({ type: 'REFUND', order: order.id }, { timeout });
    },
  };
}
