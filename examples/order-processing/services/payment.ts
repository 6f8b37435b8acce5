import { defineService, type System } from 'troupe';
import { fromPromise } from 'xstate';
import type { Payments } from '../contracts.ts';
import type { ShopEvent } from '../events.ts';
import { fragile } from '../fragile.ts';
import { payment } from '../machines/payment.ts';
import { refusalCode } from './refusal.ts';
import { createTill, type Till } from './till.ts';

/** The payment service: `payment` is called, `payment-desk` reacts. Neither keeps anything, so it may die at any time. */
export async function startPayment(system: System): Promise<void> {
  const till = createTill(system);
  await system.serve('payment', fragile(defineService<Payments>(till)), { input: { name: 'payment' } });
  const desk = payment.provide({
    actors: { react: fromPromise<ShopEvent, ShopEvent>(async ({ input }) => react(till, input)) },
  });
  await system.serve('payment-desk', fragile(desk), {
    subscribe: ['payment.requested', 'inventory.rejected'],
  });
}

async function react(till: Till, { type, ticket }: ShopEvent): Promise<ShopEvent> {
  if (type === 'inventory.rejected') {
    await till.refund(ticket);
    return { type: 'payment.refunded', ticket };
  }
  try {
    await till.charge(ticket);
    return { type: 'payment.completed', ticket };
  } catch (error) {
    const reason = refusalCode(error);
    if (reason === undefined) throw error;
    return { type: 'payment.failed', ticket, reason };
  }
}
