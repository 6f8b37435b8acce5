/** Two processes over NATS: the same words as in one. Then the other process is killed, and whoever watches is told. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setup } from 'xstate';
import { createSystem, reply, silentLogger, type Ending, type ReplyTo } from 'troupe';
import { nats } from 'troupe/nats';

const greeter = setup({
  types: {
    input: {} as string,
    context: {} as { home: string },
    events: {} as { type: 'GREET'; name: string; replyTo?: ReplyTo<{ type: 'GREETING'; text: string }> },
  },
  actions: {
    greet: reply(({ context, event }) => ({
      type: 'GREETING',
      text: `hello ${event.name}, from process ${context.home}`,
    })),
  },
}).createMachine({
  id: 'greeter',
  context: ({ input }) => ({ home: input }),
  on: { GREET: { actions: 'greet' } },
});

/** The other process: this file again. It says so when its actor can be talked to, and stays until it is ended. */
async function two(): Promise<void> {
  const system = await createSystem({ node: 'two', transport: nats({ servers: process.env['NATS_URL']! }) });
  await system.spawn(greeter, { id: 'greeter', input: 'two' });
  process.send?.('ready');
}

async function one(servers: string): Promise<void> {
  await using system = await createSystem({ node: 'one', transport: nats({ servers }), log: silentLogger });

  const child = fork(import.meta.filename, ['two'], { env: { ...process.env, NATS_URL: servers } });
  await once(child, 'message');
  console.log(`process two has joined, nodes besides this one: ${system.members().length}`);

  // An address, and the type of the machine behind it: nothing else is needed to talk to an actor anywhere.
  const ref = system.ref<typeof greeter>('greeter');
  const { text } = await ref.ask({ type: 'GREET', name: 'one' });
  console.log(text);

  const watched = new Promise<Ending>((resolve) => void ref.watch(resolve));
  await ref.snapshot();
  child.kill('SIGKILL');
  console.log(`killed process two; its watcher is told: ${(await watched).reason}`);

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

if (process.argv[2] === 'two') await two();
else if (process.env['NATS_URL'] !== undefined) await one(process.env['NATS_URL']);
else {
  const server = await startServer();
  await one(server.url).finally(() => server.process.kill());
}
