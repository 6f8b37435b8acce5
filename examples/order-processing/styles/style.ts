import { createClient, type System } from 'troupe';
import type { Orders } from '../contracts.ts';
import type { ShopEvent } from '../events.ts';
import type { Ticket } from '../order.ts';

/** A way to process an order. */
export interface Style {
  readonly name: 'orchestrated' | 'choreographed' | 'workflow';
  /** Hand in an order; again, if nothing is heard of it. */
  place(system: System, ticket: Ticket): Promise<void>;
  /** The actor that is going to die, and the name it says when it is ready again. */
  readonly victim: string;
}

const placeBy =
  (by: 'saga' | 'workflow') =>
  async (system: System, ticket: Ticket): Promise<void> =>
    createClient<Orders>(system.ref('orders'), { timeout: 2_000 }).place({ ticket, by });

/** Somebody is asked to see to everything. */
const orchestrated: Style = { name: 'orchestrated', place: placeBy('saga'), victim: 'payment' };

/** Something has happened; nobody in particular is told. */
const choreographed: Style = {
  name: 'choreographed',
  place: async (system, ticket) => {
    const created: ShopEvent = { type: 'order.created', ticket };
    system.publish(created);
    return Promise.resolve();
  },
  victim: 'payment-desk',
};

/** As orchestrated, but the steps are data (seed 004, 6.5). */
const workflow: Style = { name: 'workflow', place: placeBy('workflow'), victim: 'payment' };

export const styles: Readonly<Record<Style['name'], Style>> = { orchestrated, choreographed, workflow };
