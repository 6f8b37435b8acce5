/** A workflow is data. Services come and go while it runs, and it can be asked how far it is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystem, defineService, defineWorkflow } from 'troupe';
import type { WorkflowEmitted, WorkflowOutput, WorkflowStatus } from 'troupe/machines';

// What a service answers becomes variables: `check` gives `total` and `items`, `charge` gives `receipt`, `pack` a text.
const fulfilment = defineWorkflow({
  id: 'fulfilment',
  steps: [
    // Steps that one leads to run in parallel.
    {
      id: 'check',
      service: 'orders',
      action: 'check',
      input: { order: '{{order_id}}' },
      next: ['pay', 'pack'],
    },
    { id: 'pay', service: 'payments', action: 'charge', input: { cents: '{{total}}' }, next: ['ship'] },
    { id: 'pack', service: 'stock', action: 'pack', input: { items: '{{items}}' }, next: ['ship', 'gift'] },
    // A step whose condition does not hold is skipped, and counts as ended.
    { id: 'gift', service: 'stock', action: 'wrap', when: { var: 'total', op: 'ge', value: 10_000 } },
    // Two steps lead here: it starts when both have ended. Nobody ships yet when it is first tried.
    {
      id: 'ship',
      service: 'carrier',
      action: 'ship',
      input: { note: 'order {{order_id}}, {{pack}}, {{receipt}}' },
      retry: { maxAttempts: 100, initialInterval: 20, maximumInterval: 50 },
    },
  ],
});

const orders = defineService<{ check(input: { order: number }): { total: number; items: string[] } }>({
  check: ({ order }) => ({ total: order * 100, items: ['tea', 'pot'] }),
});
const payments = defineService<{ charge(input: { cents: number }): Promise<{ receipt: string }> }>({
  charge: async ({ cents }) => sleep(20, { receipt: `paid ${cents} cents` }),
});
const stock = defineService<{
  pack(input: { items: string[] }): Promise<string>;
  wrap(input: unknown): string;
}>({
  pack: async ({ items }) => sleep(10, `${items.length} items`),
  wrap: () => 'with a ribbon',
});
const carrier = defineService<{ ship(input: { note: string }): { shipped: string } }>({
  ship: ({ note }) => ({ shipped: `<${note}>` }),
});

await using system = await createSystem({ name: 'shop' });
await system.serve('orders', orders, { input: {} });
await system.serve('payments', payments, { input: {} });
await system.serve('stock', stock, { input: {} });

system.subscribe<WorkflowEmitted>('workflow.>', ({ type, step }) => {
  console.log(`  * ${type}${step === undefined ? '' : ` (${step})`}`);
});

const input = fulfilment.input('42', { order_id: 42 });
const run = await system.spawn(fulfilment.logic, { id: 'fulfilments/42', input });
const ended = new Promise<WorkflowOutput>((resolve) => {
  run.watch(({ output }) => resolve(output as WorkflowOutput));
});

await run.waitFor(({ context }) => context.progress['ship']?.status === 'retrying');
const { state, history } = (await run.ask({ type: 'STATUS' })) as unknown as WorkflowStatus;
const skipped = history.filter(({ status }) => status === 'skipped').map(({ step }) => step);
console.log(`it is ${state}, has skipped ${skipped.join()}, and waits for somebody who ships`);

await system.serve('carrier', carrier, { input: {} });
console.log('a carrier has come');

const { status, variables } = await ended;
console.log(`it is ${status}: ${String(variables['shipped'])}`);
