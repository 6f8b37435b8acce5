import type { System } from 'troupe';
import { stockOf } from '../addresses.ts';
import type { Inventory } from '../contracts.ts';
import { linesOf } from '../lines.ts';
import type { stock } from '../machines/stock.ts';
import { refusal } from './refusal.ts';
import { takeTime } from './work.ts';

const timeout = 1_000;

export interface Shelf {
  readonly reserve: (
    ticket: Parameters<Inventory['reserve']>[0],
  ) => Promise<ReturnType<Inventory['reserve']>>;
  readonly release: (ticket: Parameters<Inventory['release']>[0]) => Promise<void>;
}

/** What the inventory service does, whoever wants it and in whichever style. */
export function createShelf(system: System): Shelf {
  const stockFor = (run: string) => system.ref<typeof stock>(stockOf(run));
  return {
    reserve: async (ticket) => {
      await takeTime('inventory');
      const { id, items } = ticket.order;
      const question = { type: 'RESERVE', order: id, lines: linesOf(items) } as const;
      const { status } = await stockFor(ticket.run).ask(question, { timeout });
      if (status === 'reserved') return { reserved: items.length };
      if (status === 'refused') throw refusal('OUT_OF_STOCK', ticket, 'there are not enough pieces');
      throw refusal('CANCELLED', ticket, 'it was cancelled before the goods were reserved');
    },
    release: async ({ run, order }) => {
      await takeTime('inventory');
      await stockFor(run).ask({ type: 'RELEASE', order: order.id }, { timeout });
    },
  };
}
