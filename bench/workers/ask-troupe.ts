import { createSystem, reply, type ReplyTo } from 'troupe';
import { nats } from 'troupe/nats';
import { setup } from 'xstate';
import { answer } from './answer.ts';
import { askFor, notConnected, sumOf, type AskWorker, type Question, type Sum } from './ask.ts';

const adder = setup({
  types: { events: {} as Question & { readonly replyTo: ReplyTo<Sum> } },
}).createMachine({
  on: { ADD: { actions: reply(({ event }) => sumOf(event.value)) } },
});

let ask: (question: Question) => Promise<Sum> = notConnected;

answer<AskWorker>({
  async respond(url) {
    const system = await createSystem({ transport: nats({ servers: url }) });
    await system.spawn(adder, { id: 'adder' });
  },
  async connect(url) {
    const system = await createSystem({ transport: nats({ servers: url }) });
    const ref = system.ref<typeof adder>('adder');
    ask = async (question) => ref.ask(question);
  },
  round: async (load) => askFor(load, ask),
});
