import { defineWorkflow, type System } from 'troupe';
import type { WorkflowOutput } from 'troupe/machines';
import { keyOf } from '../addresses.ts';
import type { ShopEvent } from '../events.ts';
import type { Ticket } from '../order.ts';
import { unlessUnderWay } from './under-way.ts';

const patient = {
  retry: { maxAttempts: 40, initialInterval: 50, backoffCoefficient: 2, maximumInterval: 400 },
  timeout: 1_500,
} as const;

const known = { run: '{{run}}', order: { id: '{{order_id}}' } } as const;

/** The workflow of seed 004, section 6.5: steps as data, filled in with what the steps before returned. */
export const processing = defineWorkflow({
  id: 'order-processing',
  steps: [
    {
      id: 'create_order',
      service: 'orders',
      action: 'create',
      input: { run: '{{run}}', order: { id: '{{order.id}}' } },
      next: ['process_payment'],
      ...patient,
    },
    {
      id: 'process_payment',
      service: 'payment',
      action: 'charge',
      input: {
        run: '{{run}}',
        order: {
          id: '{{order_id}}',
          customer: '{{order.customer}}',
          card: '{{order.card}}',
          amount: '{{order.amount}}',
        },
      },
      next: ['reserve_inventory'],
      ...patient,
    },
    {
      id: 'reserve_inventory',
      service: 'inventory',
      action: 'reserve',
      input: { run: '{{run}}', order: { id: '{{order_id}}', items: '{{order.items}}' } },
      next: ['update_order'],
      ...patient,
    },
    { id: 'update_order', service: 'orders', action: 'confirm', input: known, ...patient },
  ],
});

/** A workflow has no compensations, so undoing is a workflow as well. None of its steps minds if there is nothing to undo. */
export const undoing = defineWorkflow({
  id: 'order-undoing',
  steps: [
    { id: 'refund', service: 'payment', action: 'refund', input: known, ...patient },
    { id: 'release', service: 'inventory', action: 'release', input: known, ...patient },
    { id: 'cancel_order', service: 'orders', action: 'cancel', input: known, ...patient },
  ],
});

/**
 * Process an order by the definition, and undo it by the other one if that fails.
 * @throws TroupeError DUPLICATE_ID when the order is under way
 */
export async function follow(system: System, ticket: Ticket): Promise<void> {
  const { run, order } = ticket;
  const key = keyOf(ticket);
  const steps = await system.spawn(processing.logic, {
    id: `workflow/${key}`,
    input: processing.input(key, { run, order }),
  });
  steps.watch(({ output }) => {
    const { status, error } = output as WorkflowOutput;
    if (status === 'completed') system.publish({ type: 'order.confirmed', ticket });
    else void unlessUnderWay(undo(system, ticket, error?.code ?? status));
  });
}

async function undo(system: System, ticket: Ticket, reason: string): Promise<void> {
  const { run, order } = ticket;
  const key = `${keyOf(ticket)}/undo`;
  const steps = await system.spawn(undoing.logic, {
    id: `workflow/${key}`,
    input: undoing.input(key, { run, order_id: order.id }),
  });
  steps.watch(() => system.publish({ type: 'order.rejected', ticket, reason } satisfies ShopEvent));
}
