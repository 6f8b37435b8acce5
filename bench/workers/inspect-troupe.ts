import { createSystem, reply, type ReplyTo, type System } from 'troupe';
import { liveSource } from 'troupe/inspector';
import { nats } from 'troupe/nats';
import { setup } from 'xstate';
import { answer } from './answer.ts';
import { askFor, notConnected, sumOf, type Question, type Sum } from './ask.ts';
import { cpuSeconds } from './cpu.ts';
import type { InspectWorker, Place } from './inspect.ts';

const adder = setup({
  types: { events: {} as Question & { readonly replyTo: ReplyTo<Sum> } },
}).createMachine({
  id: 'adder',
  on: { ADD: { actions: reply(({ event }) => sumOf(event.value)) } },
});

let ask: (question: Question) => Promise<Sum> = notConnected;
let told = { lines: 0, bytes: 0, dropped: 0 };

const join = async ({ url, system, inspect }: Place): Promise<System> =>
  createSystem({ name: system, transport: nats({ servers: url }), ...(inspect ? {} : { inspect: false }) });

answer<InspectWorker>({
  async respond(place) {
    const system = await join(place);
    await system.spawn(adder, { id: 'adder' });
  },
  async connect(place) {
    const ref = (await join(place)).ref<typeof adder>('adder');
    ask = async (question) => ref.ask(question);
  },
  async watch(place) {
    liveSource(await join(place)).watch({
      interest: { rate: place.rate },
      emit(entries) {
        for (const entry of entries) {
          if (entry.kind === 'dropped') told.dropped += entry.lines;
          if (entry.kind !== 'step') continue;
          told.lines += 1;
          told.bytes += JSON.stringify(entry).length;
        }
        return true;
      },
    });
  },
  round: async (load) => askFor(load, ask),
  cpu: async () => Promise.resolve(cpuSeconds()),
  async told() {
    const now = told;
    told = { lines: 0, bytes: 0, dropped: 0 };
    return Promise.resolve(now);
  },
});
