/**
 * Look at a running system in the browser, and write down what happens: `node --import tsx examples/17-inspect.ts`, then open the URL. With
 * `--stay` it runs until Ctrl-C.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createSystem, reply, type ReplyTo } from 'troupe';
import { inspect } from 'troupe/inspector';
import { assign, setup } from 'xstate';

const kettle = setup({
  types: {
    context: {} as { readonly cups: number },
    events: {} as { type: 'SWITCH_ON' } | { type: 'POUR'; replyTo?: ReplyTo<{ type: 'TEA'; cups: number }> },
  },
  delays: { boiling: 300 },
  actions: { serve: assign({ cups: ({ context }) => context.cups + 1 }) },
}).createMachine({
  id: 'kettle',
  initial: 'cold',
  context: { cups: 0 },
  states: {
    cold: { on: { SWITCH_ON: 'heating' } },
    heating: { after: { boiling: 'hot' } },
    hot: {
      on: {
        POUR: {
          target: 'cold',
          actions: ['serve', reply(({ context }) => ({ type: 'TEA', cups: context.cups }))],
        },
      },
    },
  },
});

await using system = await createSystem({
  name: 'kitchen',
  // What must not be seen is cut before it leaves the node.
  inspect: { redact: { kettle: ['context.secret'] } },
});
const inspector = await inspect(system, { allowSend: true });
console.log(`inspector: ${inspector.url.replace(/:\d+\/.*/, ':…/#token=…')}`);
if (process.argv.includes('--stay')) console.log(inspector.url);

const ref = await system.spawn(kettle, { id: 'kettle' });
do {
  ref.send({ type: 'SWITCH_ON' });
  await sleep(400);
  const { cups } = await ref.ask({ type: 'POUR' });
  console.log(`poured cup ${cups}`);
} while (process.argv.includes('--stay'));

const { total } = (await (
  await fetch(`http://127.0.0.1:${inspector.port}/api/actors`, {
    headers: { authorization: `Bearer ${inspector.token}` },
  })
).json()) as { total: number };
console.log(`the inspector sees ${total} actor`);
await inspector.close();
