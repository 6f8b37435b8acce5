/** The project of somebody who installs Troupe: the files that check-package.mjs writes, compiles and runs. */

const counter = (types) => `export const counter = setup(${types}).createMachine({
  id: 'counter',
  context: { count: 0 },
  initial: 'on',
  states: {
    on: {
      on: {
        ADD: { actions: assign({ count: ({ context, event }) => context.count + event.by }) },
        COUNT: { actions: reply(({ context }) => ({ type: 'COUNTED', count: context.count })) },
      },
    },
  },
});
`;

/** Every door of the package, from plain JavaScript. Prints what the actor answered. */
export const javascript = `import { assign, setup } from 'xstate';
import { createSystem, reply } from 'troupe';
import { nats } from 'troupe/nats';
import { circuitBreaker } from 'troupe/machines';
import { toMermaid } from 'troupe/inspector';
import { defineSystem, explore } from 'troupe/testing';

${counter('{}')}
await using(await createSystem(), async (system) => {
  const ref = await system.spawn(counter, { id: 'counter' });
  ref.send({ type: 'ADD', by: 2 });
  const { count } = await ref.ask({ type: 'COUNT' });
  const isDrawn = [counter, circuitBreaker].every((each) => toMermaid(each).startsWith('stateDiagram-v2'));
  const net = defineSystem({ name: 'net', actors: { counter: { logic: counter } }, properties: [] });
  const states = explore(net).distinctStates;
  console.log(JSON.stringify({ count, transport: nats().name, isDrawn, states }));
});

async function using(system, use) {
  await use(system).finally(() => system.stop());
}
`;

/** A machine in a file of its own, for \`troupe draw\`. */
export const machine = `import { assign, setup } from 'xstate';
import { reply, type ReplyTo } from 'troupe';

${counter(`{
  types: {
    context: {} as { count: number },
    events: {} as
      | { type: 'ADD'; by: number }
      | { type: 'COUNT'; replyTo?: ReplyTo<{ type: 'COUNTED'; count: number }> },
  },
}`)}`;

/** A system, for \`troupe check\`. */
export const model = `import { always, defineSystem } from 'troupe/testing';
import { counter } from './machine.js';

export const system = ({ most = 2 } = {}) =>
  defineSystem({
    name: 'counting',
    actors: { counter: { logic: counter, choices: ({ context }) => (context.count < most ? [{ type: 'ADD', by: 1 }] : []) } },
    properties: [always('counts up', ({ actors }) => actors['counter']?.context.count >= 0)],
  });
`;

/** Typed use: what is right compiles, and what is wrong does not. Prints what the actor answered. */
export const typescript = `import { createClient, createSystem, defineService, type Ref } from 'troupe';
import { nats } from 'troupe/nats';
import { saga, type SagaStatus } from 'troupe/machines';
import { toChart } from 'troupe/inspector';
import { shortestPaths, sometimes, type SystemState } from 'troupe/testing';
import { counter } from './machine.js';

interface Greeter {
  greet(input: { name: string }): { text: string };
}

const system = await createSystem({ name: 'typed' });
const ref: Ref<typeof counter> = await system.spawn(counter, { id: 'counter' });
ref.send({ type: 'ADD', by: 3 });
// @ts-expect-error the machine has no such event
const wrong = () => ref.send({ type: 'REMOVE' });
const { count }: { count: number } = await ref.ask({ type: 'COUNT' }, { timeout: 1_000 });
await system.serve('greeter', defineService<Greeter>({ greet: ({ name }) => ({ text: \`hello \${name}\` }) }), {
  input: {},
});
const { text } = await createClient<Greeter>(system.ref('greeter')).greet({ name: 'you' });
await system.stop();
const reached = sometimes('counts', ({ actors }: SystemState) => actors['counter']?.context.count === 1);
const paths = shortestPaths(counter, { cases: { ADD: [{ by: 1 }] }, filter: ({ context }) => context.count < 2 }).length;
const state: SagaStatus['state'] = 'completed';
console.log(JSON.stringify({ count, text, chart: toChart(saga).id, state, transport: nats().name, wrong: typeof wrong, paths, kind: reached.kind }));
`;

export const tsconfig = {
  compilerOptions: {
    target: 'ES2022',
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    outDir: 'out',
  },
  files: ['typed.ts', 'machine.ts', 'model.ts'],
};
