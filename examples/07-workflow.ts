/** A workflow is data: steps, services, templates, conditions. Services come and go while it runs; it can be asked how far it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystem, defineService, defineWorkflow } from 'troupe';
import type { WorkflowEmitted } from 'troupe/machines';

const fulfilment = defineWorkflow({
  id: 'fulfilment',
  steps: [
    // Both `next` steps start when this one has ended, and run in parallel.
    {
      id: 'check',
      service: 'orders',
      action: 'check',
      input: { order: '{{order_id}}' },
      next: ['pay', 'pack'],
    },
    { id: 'pay', service: 'payments', action: 'charge', input: { cents: '{{check.total}}' }, next: ['ship'] },
    {
      id: 'pack',
      service: 'stock',
      action: 'pack',
      input: { items: '{{check.items}}' },
      next: ['ship', 'gift'],
    },
    // Only for large orders; a step that is skipped counts as ended.
    {
      id: 'gift',
      service: 'stock',
      action: 'wrap',
      when: { var: 'check.total', op: 'ge', value: 10_000 },
    },
    // Two steps lead here: it starts when both have ended. Nobody ships yet when it first tries.
    {
      id: 'ship',
      service: 'carrier',
      action: 'ship',
      input: { note: 'order {{order_id}}, paid by {{pay.receipt}}' },
      retry: { maxAttempts: 50, initial: 20, max: 50 },
    },
  ],
});

interface Orders {
  check(input: { order: number }): { total: number; items: string[] };
}
interface Payments {
  charge(input: { cents: number }): Promise<{ receipt: string }>;
}
interface Stock {
  pack(input: { items: string[] }): { parcel: number };
  wrap(input: unknown): { ribbon: string };
}
interface Carrier {
  ship(input: { note: string }): { tracking: string };
}

await using system = await createSystem({ name: 'shop' });
const orders = defineService<Orders>({
  check: ({ order }) => ({ total: order * 100, items: ['tea', 'pot'] }),
});
const payments = defineService<Payments>({
  charge: async ({ cents }) => sleep(20, { receipt: `receipt-${cents}` }),
});
const stock = defineService<Stock>({
  pack: ({ items }) => ({ parcel: items.length }),
  wrap: () => ({ ribbon: 'red' }),
});
await system.serve('orders', orders, { input: {} });
await system.serve('payments', payments, { input: {} });
await system.serve('stock', stock, { input: {} });

system.subscribe<WorkflowEmitted>('workflow.>', ({ type, step }) => {
  console.log(`  * ${type}${step === undefined ? '' : ` (${step})`}`);
});

const run = await system.spawn(fulfilment.logic, {
  id: 'fulfilments/42',
  input: fulfilment.input('42', { order_id: 42 }),
});
const ended = new Promise<unknown>((resolve) => void run.watch(({ output }) => resolve(output)));

await run.waitFor(({ context }) => context.progress['ship']?.status === 'retrying');
const { state, history } = await run.ask({ type: 'STATUS' });
const skipped = history.filter(({ status }) => status === 'skipped').map(({ step }) => step);
console.log(`it is ${state}, has skipped ${skipped.join()}, and waits for somebody who ships`);

const carrier = defineService<Carrier>({ ship: ({ note }) => ({ tracking: `TRACK <${note}>` }) });
await system.serve('carrier', carrier, { input: {} });
console.log('a carrier has come');

const { status, variables } = (await ended) as { status: string; variables: Record<string, unknown> };
console.log(`it is ${status}: ${JSON.stringify(variables['ship'])}`);
