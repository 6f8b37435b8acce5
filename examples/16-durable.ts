/**
 * A durable actor: each step is stored before anybody hears of it, so a process that starts after the last one died goes on where that was,
 * timers included. In memory here; with `file('./data')` of 'troupe/file', or `jetstream({ servers })` of 'troupe/nats', it survives kill -9.
 */
import { assign, setup } from 'xstate';
import { createSystem, memory, replayHistory } from 'troupe';

const basket = setup({
  types: { context: {} as { items: readonly string[] }, events: {} as { type: 'ADD'; item: string } },
}).createMachine({
  id: 'basket',
  context: { items: [] },
  initial: 'filling',
  states: {
    filling: {
      on: { ADD: { actions: assign({ items: ({ context, event }) => [...context.items, event.item] }) } },
      after: { 200: 'forgotten' },
    },
    forgotten: {},
  },
});

const store = memory();

{
  await using system = await createSystem({ name: 'shop', store });
  await system.host('basket', basket); // one for every key, `basket/ann`, on whichever node hosts the kind
  const ann = system.ref<typeof basket>('basket/ann');
  await ann.deliver({ type: 'ADD', item: 'tea' }); // resolves when it is committed
  await ann.deliver({ type: 'ADD', item: 'cups' }, { once: 'click 2' });
  await ann.deliver({ type: 'ADD', item: 'cups' }, { once: 'click 2' }); // the same click
}
console.log('the first process is gone');

await using system = await createSystem({ name: 'shop', store });
await system.host('basket', basket);
const ann = system.ref<typeof basket>('basket/ann');
console.log(`ann's basket: ${(await ann.snapshot()).context.items.join(', ')}`);
await ann.waitFor((view) => view.matches('forgotten'));
console.log('its timer, set by the first process, has run out');

for await (const commit of system.history('basket/ann')) {
  if ('unreadable' in commit) continue;
  const { number, value, causes } = commit;
  const told = causes.map((cause) => (cause.kind === 'message' ? cause.event.type : cause.kind));
  if (told.length > 0) console.log(`${number}: ${told.join(', ')} → ${String(value)}`);
}
const { replayed, difference } = await replayHistory(basket, system.history('basket/ann'));
console.log(replayed > 0 && difference === undefined ? 'a replica comes to the same states' : difference);
