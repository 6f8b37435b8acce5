import { defineSaga, type Ending, type StepContext, type System } from 'troupe';
import type { SagaOutput } from 'troupe/machines';
import { keyOf } from '../addresses.ts';
import type { Inventory, Orders, Payments } from '../contracts.ts';
import type { ShopEvent } from '../events.ts';
import type { Ticket } from '../order.ts';

type Step = StepContext<Ticket>;

/** A service that died is back within seconds, an open breaker closes within one: patience saves the order. */
const patient = { maxAttempts: 40, compensationMaxAttempts: 40 } as const;
const timeout = 1_500;

const orders = (step: Step) => step.client<Orders>('orders', { timeout });
const payments = (step: Step) => step.client<Payments>('payment', { timeout });
const inventory = (step: Step) => step.client<Inventory>('inventory', { timeout });

/** The whole order at a glance: one place that calls the others, and undoes in reverse order what cannot be completed. */
export const orderSaga = defineSaga<Ticket>({
  backoff: { initialInterval: 50, backoffCoefficient: 2, maximumInterval: 400 },
  steps: [
    {
      name: 'create',
      perform: (step) => orders(step).create(step.data),
      compensate: (step) => orders(step).cancel(step.data),
      ...patient,
    },
    {
      name: 'charge',
      perform: (step) => payments(step).charge(step.data),
      compensate: (step) => payments(step).refund(step.data),
      ...patient,
    },
    {
      name: 'reserve',
      perform: (step) => inventory(step).reserve(step.data),
      compensate: (step) => inventory(step).release(step.data),
      ...patient,
    },
    { name: 'confirm', perform: (step) => orders(step).confirm(step.data), ...patient },
  ],
});

/**
 * A saga of its own for each order; its end is the outcome.
 * @throws TroupeError DUPLICATE_ID when the order is under way
 */
export async function conduct(system: System, ticket: Ticket): Promise<void> {
  const key = keyOf(ticket);
  const input = orderSaga.input(key, ticket);
  const saga = await system.spawn(orderSaga.logic, { id: `saga/${key}`, input });
  saga.watch((ending) => system.publish(outcome(ticket, ending)));
}

function outcome(ticket: Ticket, { output, error }: Ending): ShopEvent {
  const { status, error: fault } = (output ?? {}) as Partial<SagaOutput>;
  if (status === 'completed') return { type: 'order.confirmed', ticket };
  return { type: 'order.rejected', ticket, reason: fault?.code ?? String(error) };
}
