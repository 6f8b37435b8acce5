/** A bus of events: whoever publishes knows nothing of those who listen, and one listener's failure is nobody else's. */
import { emit, setup } from 'xstate';
import { createSystem, silentLogger } from 'troupe';

type OrderEvent = { type: 'order.placed' | 'order.paid' | 'order.shipped'; order: number };

const order = setup({
  types: {
    context: {} as { order: number },
    input: {} as { order: number },
    events: {} as { type: 'PAY' } | { type: 'SHIP' },
    emitted: {} as OrderEvent,
  },
}).createMachine({
  id: 'order',
  context: ({ input }) => input,
  initial: 'placed',
  // What a machine emits is published: `emit` is XState's own.
  states: {
    placed: {
      entry: emit(({ context }) => ({ type: 'order.placed', ...context })),
      on: { PAY: 'paid' },
    },
    paid: {
      entry: emit(({ context }) => ({ type: 'order.paid', ...context })),
      on: { SHIP: 'shipped' },
    },
    shipped: { type: 'final', entry: emit(({ context }) => ({ type: 'order.shipped', ...context })) },
  },
});

await using system = await createSystem({ name: 'shop', log: silentLogger });

const heard: string[] = [];
const note = (who: string) => (event: OrderEvent) => void heard.push(`${who}: ${event.type} ${event.order}`);

// Patterns: one exact type, `*` for one part, a final `>` for all the rest.
system.subscribe<OrderEvent>('order.*', note('audit'));
system.subscribe<OrderEvent>('order.paid', note('warehouse'));

// Of the handlers in a group, on all nodes, one gets each event.
system.subscribe<OrderEvent>('order.shipped', note('mail'), { group: 'mailers' });
system.subscribe<OrderEvent>('order.shipped', note('mail'), { group: 'mailers' });

// This one fails every time. The others do not notice; what it failed over is a dead letter.
system.subscribe('order.>', () => {
  throw new Error('out of paper');
});

const allShipped = new Promise<void>((resolve) => {
  const shipped = new Set<number>();
  system.subscribe<OrderEvent>('order.shipped', ({ order }) => {
    if (shipped.add(order).size === 2) resolve();
  });
});

for (const number of [1, 2]) {
  const ref = await system.spawn(order, { input: { order: number } });
  ref.send({ type: 'PAY' });
  ref.send({ type: 'SHIP' });
}

await allShipped;
for (const line of heard.sort()) console.log(line);
console.log(`dead letters: ${system.stats().deadLetters['handler-failed'] ?? 0} by the handler that fails`);
