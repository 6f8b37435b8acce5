import { assign, setup } from 'xstate';
import { createSystem, silentLogger } from 'troupe';
import { jetstream, nats } from 'troupe/nats';

/** A process that hosts mailers and consumes the queue "emails": `NATS_URL=… node … queue-worker.ts <node> <maxAttempts>`. */
export const mailer = setup({
  types: {
    context: {} as { sent: readonly number[] },
    events: {} as { type: 'MAIL'; n: number; deadly?: boolean },
  },
  actions: {
    send: assign({
      sent: ({ context, event }) => {
        // What a message does that takes the whole process with it: out of memory, a native crash.
        if (event.deadly === true) process.kill(process.pid, 'SIGKILL');
        return [...context.sent, event.n];
      },
    }),
  },
}).createMachine({ id: 'mailer', context: { sent: [] }, on: { MAIL: { actions: 'send' } } });

export const options = {
  partitions: 8,
  heartbeat: 100,
  ackWait: 2_000,
  backoff: { initial: 20, max: 200 },
} as const;

if (process.argv[1]?.endsWith('queue-worker.ts') === true) {
  const servers = process.env['NATS_URL']!;
  const system = await createSystem({
    name: 'post',
    node: process.argv[2]!,
    transport: nats({ servers }),
    store: jetstream({ servers }),
    log: silentLogger,
  });
  await system.host('mailer', mailer);
  const queue = await system.queue('emails', { ...options, maxAttempts: Number(process.argv[3]) });
  await queue.consume(({ key }) => `mailer/${key}`);
  process.on('SIGTERM', () => void system.stop().then(() => process.stdout.write('ended\n')));
  process.stdout.write('ready\n');
}
