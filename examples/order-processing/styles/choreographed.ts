import type { System } from 'troupe';
import { keyOf } from '../addresses.ts';
import { order } from '../machines/order.ts';
import type { Ticket } from '../order.ts';

/**
 * An actor of its own for each order, and nobody who conducts.
 * @throws TroupeError DUPLICATE_ID when the order is under way
 */
export async function dance(system: System, ticket: Ticket): Promise<void> {
  await system.spawn(order, {
    id: `order/${keyOf(ticket)}`,
    input: ticket,
    subscribe: [
      'payment.completed',
      'payment.failed',
      'payment.refunded',
      'inventory.reserved',
      'inventory.rejected',
    ],
  });
}
