import { createSystem } from 'troupe';
import { nats } from 'troupe/nats';
import { answer } from './answer.ts';
import { counter } from './counter.ts';
import { cpuSeconds } from './cpu.ts';
import { sendOver, type Sender, type SendWorker } from './send.ts';

async function createSender(url: string): Promise<Sender> {
  const system = await createSystem({ transport: nats({ servers: url }) });
  const ref = system.ref<typeof counter>('counter');
  return {
    send: () => ref.send({ type: 'INC' }),
    received: async () => (await ref.ask({ type: 'COUNT' }, { timeout: 30_000 })).count,
  };
}

let sender: Sender | undefined;

answer<SendWorker>({
  async count(url) {
    const system = await createSystem({ transport: nats({ servers: url }) });
    await system.spawn(counter, { id: 'counter' });
  },
  async connect(url) {
    sender = await createSender(url);
  },
  round: async (load) => sendOver(load, sender!),
  cpu: cpuSeconds,
});
