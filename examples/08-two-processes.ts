/** Two processes over NATS: the same words as in one. Then the other process is killed, and whoever watches is told. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setup } from 'xstate';
import { createSystem, reply, type Ending, type ReplyTo } from 'troupe';
import { nats } from 'troupe/nats';

const greeter = setup({
  types: {
    events: {} as { type: 'GREET'; name: string; replyTo?: ReplyTo<{ type: 'GREETING'; text: string }> },
  },
}).createMachine({
  id: 'greeter',
  on: {
    GREET: {
      actions: reply(({ event }) => ({
        type: 'GREETING',
        text: `hello ${event.name}, from process ${process.pid === parent ? 'one' : 'two'}`,
      })),
    },
  },
});

const parent = Number(process.env['PARENT'] ?? process.pid);

/** The other process: this file again. It says so when its actor can be talked to, and stays until it is ended. */
async function two(): Promise<void> {
  const system = await createSystem({ node: 'two', transport: nats({ servers: process.env['NATS_URL']! }) });
  await system.spawn(greeter, { id: 'greeter' });
  process.send?.('ready');
}

async function one(servers: string): Promise<void> {
  await using system = await createSystem({ node: 'one', transport: nats({ servers }) });

  const child = fork(import.meta.filename, {
    env: { ...process.env, NATS_URL: servers, PARENT: `${parent}` },
  });
  await once(child, 'message');
  console.log(
    `process two has joined: ${system
      .members()
      .map(({ node }) => node.split('-')[0])
      .join()}`,
  );

  // An address, and the type of the machine behind it: nothing else is needed to talk to an actor anywhere.
  const ref = system.ref<typeof greeter>('greeter');
  const { text } = await ref.ask({ type: 'GREET', name: 'one' });
  console.log(text);

  const watched = new Promise<Ending>((resolve) => void ref.watch(resolve));
  await ref.snapshot();
  const began = performance.now();
  child.kill('SIGKILL');
  const { reason } = await watched;
  console.log(
    `killed process two; told "${reason}" ${performance.now() - began < 2_000 ? 'within' : 'after'} two seconds`,
  );

  await ref.ask({ type: 'GREET', name: 'anyone' }).catch((error: unknown) => console.log(String(error)));
}

/** A server of our own: `npx troupe nats --port 0 --json` says in one line where it listens. */
async function startServer(): Promise<{ url: string; process: ChildProcess }> {
  const server = fork(new URL('../src/cli/main.ts', import.meta.url), ['nats', '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = (await once(createInterface({ input: server.stdout! }), 'line')) as [string];
  return { url: (JSON.parse(line) as { urls: string[] }).urls[0]!, process: server };
}

if (process.send !== undefined) await two();
else if (process.env['NATS_URL'] !== undefined) await one(process.env['NATS_URL']);
else {
  const server = await startServer();
  await one(server.url);
  server.process.kill();
}
