import { pack, unpack } from 'msgpackr';
import { connect } from 'nats';
import { answer } from './answer.ts';
import { askFor, notConnected, sumOf, type AskWorker, type Question, type Sum } from './ask.ts';

const SUBJECT = 'bench.add';

let ask: (question: Question) => Promise<Sum> = notConnected;

answer<AskWorker>({
  async respond(url) {
    const connection = await connect({ servers: url });
    connection.subscribe(SUBJECT, {
      callback: (error, message) => {
        if (error !== null) throw error;
        message.respond(pack(sumOf((unpack(message.data) as Question).value)));
      },
    });
    await connection.flush();
  },
  async connect(url) {
    const connection = await connect({ servers: url });
    ask = async (question) =>
      unpack((await connection.request(SUBJECT, pack(question), { timeout: 5_000 })).data) as Sum;
  },
  round: async (load) => askFor(load, ask),
});
