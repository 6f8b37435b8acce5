/** Two charts, a network that loses messages, and a thousand runs in virtual time: what goes wrong is found, and shrunk. */
import { tell } from 'troupe';
import { always, defineSystem, eventually, simulate, type ActorView, type System } from 'troupe/testing';
import { assign, setup } from 'xstate';

const shop = (remembers: boolean) =>
  setup({
    types: { context: {} as { sold: string[] }, events: {} as { type: 'BUY'; id: string } },
    actions: { thank: tell('buyer', { type: 'THANKS' }) },
  }).createMachine({
    id: 'shop',
    context: { sold: [] },
    on: {
      BUY: [
        { guard: ({ context, event }) => remembers && context.sold.includes(event.id), actions: 'thank' },
        { actions: [assign({ sold: ({ context, event }) => [...context.sold, event.id] }), 'thank'] },
      ],
    },
  });

// The buyer asks again when nothing is heard for a second: the only way when messages may be lost.
const buyer = setup({ types: { events: {} as { type: 'THANKS' } } }).createMachine({
  id: 'buyer',
  initial: 'buying',
  states: {
    buying: {
      entry: tell('shop', { type: 'BUY', id: 'teapot' }),
      after: { 1_000: { target: 'buying', reenter: true } },
      on: { THANKS: 'content' },
    },
    content: { type: 'final' },
  },
});

const soldBy = (actor: ActorView | undefined) =>
  (actor?.context as { sold: string[] } | undefined)?.sold ?? [];

/** `troupe simulate examples/10-simulate.ts --param remembers=false` looks at the same. */
export const system = ({ remembers = true }: { readonly remembers?: boolean } = {}): System =>
  defineSystem({
    name: 'teapots',
    faults: { lose: 3 },
    actors: { shop: { logic: shop(remembers) }, buyer: { logic: buyer } },
    properties: [
      always('no teapot is sold twice', ({ actors }) => soldBy(actors['shop']).length <= 1),
      eventually('the buyer is content', ({ actors }) => actors['buyer']?.status === 'done'),
    ],
  });

if (import.meta.filename === process.argv[1]) {
  for (const remembers of [true, false]) {
    const { runs, counts, failure } = simulate(system({ remembers }), { seed: 7, runs: 1_000 });
    const what = remembers ? 'a shop that remembers' : 'a shop that does not';
    console.log(`${what}: ${runs} runs, ${counts.delivered} messages delivered, ${counts.lost} lost`);
    if (failure === undefined) continue;
    console.log(`  "${failure.property}" fails; the shortest run that was found:`);
    for (const { action, time } of failure.trace.steps) {
      const subject =
        'sent' in action ? `${action.sent.event.type} to ${action.sent.to}` : JSON.stringify(action);
      console.log(`  ${String(time).padStart(6)} ms  ${action.kind} ${subject}`);
    }
  }
}
