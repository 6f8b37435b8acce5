import { defineService, type System } from 'troupe';
import { orderBookOf } from '../addresses.ts';
import type { Orders } from '../contracts.ts';
import type { ShopEvent } from '../events.ts';
import type { orderBook } from '../machines/order-book.ts';
import type { Ticket } from '../order.ts';
import { dance } from '../styles/choreographed.ts';
import { conduct } from '../styles/orchestrated.ts';
import { unlessUnderWay } from '../styles/under-way.ts';
import { follow } from '../styles/workflow.ts';
import { refusal } from './refusal.ts';
import { takeTime } from './work.ts';

/** The order service: conducts every order it is given, or lets an order that it hears of dance by itself. */
export async function startOrders(system: System): Promise<void> {
  const record = async ({ run, order }: Ticket<'id'>, type: 'OPEN' | 'CONFIRM' | 'REJECT') => {
    await takeTime('bookkeeping');
    const book = system.ref<typeof orderBook>(orderBookOf(run));
    const { status } = await book.ask({ type, order: order.id }, { timeout: 1_000 });
    return status;
  };
  const orders = defineService<Orders>({
    place: async ({ ticket, by }) =>
      unlessUnderWay(by === 'saga' ? conduct(system, ticket) : follow(system, ticket)),
    create: async (ticket) => {
      const status = await record(ticket, 'OPEN');
      if (status === 'rejected') throw refusal('CANCELLED', ticket, 'it has been cancelled');
      return { order_id: ticket.order.id };
    },
    confirm: async (ticket) => {
      await record(ticket, 'CONFIRM');
    },
    cancel: async (ticket) => {
      await record(ticket, 'REJECT');
    },
  });
  await system.serve('orders', orders, { input: { name: 'orders' } });
  const onCreated = async ({ ticket }: ShopEvent): Promise<void> => unlessUnderWay(dance(system, ticket));
  system.subscribe<ShopEvent>('order.created', onCreated, { group: 'orders' });
}
