import { pack, unpack } from 'msgpackr';
import { connect } from 'nats';
import { answer } from './answer.ts';
import { cpuSeconds } from './cpu.ts';
import { sendOver, type Sender, type SendWorker } from './send.ts';

const SUBJECT = 'bench.count';

interface Said {
  readonly type: 'INC' | 'COUNT';
}

async function createSender(url: string): Promise<Sender> {
  const connection = await connect({ servers: url });
  return {
    send: () => connection.publish(SUBJECT, pack({ type: 'INC' } satisfies Said)),
    async received() {
      const { data } = await connection.request(SUBJECT, pack({ type: 'COUNT' } satisfies Said), {
        timeout: 30_000,
      });
      return (unpack(data) as { count: number }).count;
    },
  };
}

let sender: Sender | undefined;

answer<SendWorker>({
  async count(url) {
    const connection = await connect({ servers: url });
    let count = 0;
    connection.subscribe(SUBJECT, {
      callback: (error, message) => {
        if (error !== null) throw error;
        if ((unpack(message.data) as Said).type === 'INC') count++;
        else message.respond(pack({ type: 'COUNTED', count }));
      },
    });
    await connection.flush();
  },
  async connect(url) {
    sender = await createSender(url);
  },
  round: async (load) => sendOver(load, sender!),
  cpu: cpuSeconds,
});
