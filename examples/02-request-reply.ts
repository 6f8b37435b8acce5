/** Ask and be answered: with the types of the machine, with typed errors, and as remote procedure calls by contract. */
import { assign, setup } from 'xstate';
import { createClient, createSystem, defineService, isTroupeError, reply, TroupeError } from 'troupe';
import type { ReplyTo } from 'troupe';

// An event that wants an answer declares `replyTo` with the type of the answer. `ask` fills it in.
const stock = setup({
  types: {
    context: {} as { tea: number },
    events: {} as
      | { type: 'DELIVER'; pounds: number }
      | { type: 'COUNT'; replyTo?: ReplyTo<{ type: 'COUNTED'; pounds: number }> }
      | { type: 'PONDER'; replyTo?: ReplyTo<{ type: 'ANSWER'; text: string }> },
  },
}).createMachine({
  id: 'stock',
  context: { tea: 0 },
  on: {
    DELIVER: { actions: assign({ tea: ({ context, event }) => context.tea + event.pounds }) },
    COUNT: { actions: reply(({ context }) => ({ type: 'COUNTED', pounds: context.tea })) },
    PONDER: {}, // never answers
  },
});

// A service by contract: plain functions, whose types are those of the client.
interface Prices {
  quote(input: { item: string; pounds: number }): { cents: number };
}

const prices = defineService<Prices>({
  quote: ({ item, pounds }) => {
    if (item !== 'tea') throw new TroupeError('NOT_FOR_SALE', `We sell no ${item}.`, { data: { item } });
    return { cents: pounds * 1250 };
  },
});

const describe = (error: unknown): string =>
  isTroupeError(error) ? `${error.code}: ${error.message}` : String(error);

await using system = await createSystem({ name: 'shop' });
await system.spawn(stock, { id: 'stock' });
await system.serve('prices', prices, { instances: 2, input: {} });

const ref = system.ref<typeof stock>('stock');
ref.send({ type: 'DELIVER', pounds: 7 });
const { pounds } = await ref.ask({ type: 'COUNT' });
console.log(`there are ${pounds} pounds of tea`);

await ref.ask({ type: 'PONDER' }, { timeout: 50 }).catch((error: unknown) => console.log(describe(error)));

await system
  .ref('nobody')
  .ask({ type: 'COUNT' })
  .catch((error: unknown) => console.log(describe(error)));

const client = createClient<Prices>(system.ref('prices'), { timeout: 1_000 });
const { cents } = await client.quote({ item: 'tea', pounds });
console.log(`they cost ${cents / 100} crowns`);

await client.quote({ item: 'coffee', pounds: 1 }).catch((error: unknown) => console.log(describe(error)));
