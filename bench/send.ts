import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import type { SendRound, SendWorker } from './workers/send.ts';

const PLAN = { warmUp: 1, rounds: 7 };
const LOAD = { seconds: 2, burst: 1_000, stride: 10 };

export const send: Benchmark = {
  name: 'send',
  summary: 'messages from one process to an actor in another, counted by the actor',
  async run(lab) {
    const peers = ['nats client publish', 'Troupe ref.send'] as const;
    const [raw = [], troupe = []] = await interleave(
      [await open(lab, peers[0], 'send-nats'), await open(lab, peers[1], 'send-troupe')],
      PLAN,
      lab.note,
    );
    return {
      settings: {
        ...describePlan(PLAN),
        'seconds a round': LOAD.seconds,
        'messages a tick': LOAD.burst,
        'messages under way at most': 2 * LOAD.stride * LOAD.burst,
        'nats client':
          'for comparison: one publish a message, msgpackr, a callback counts; at most once, no machine',
        troupe: 'a machine counts with one assign, options as they come',
      },
      readings: [
        { contender: peers[0], unit: 'messages/s', rounds: raw },
        { contender: peers[1], unit: 'messages/s', rounds: troupe },
      ],
      checks: [
        {
          what: 'Troupe, counted by the receiver',
          unit: 'messages/s',
          bound: 'at least',
          target: 300_000,
          rounds: troupe,
        },
      ],
    };
  },
};

async function open(lab: Lab, name: string, worker: string): Promise<Contender<number>> {
  const url = await lab.nats();
  await lab.start<SendWorker>(worker).count(url);
  const sender = lab.start<SendWorker>(worker);
  await sender.connect(url);
  return { name, round: async () => perSecond(await sender.round(LOAD)) };
}

function perSecond({ sent, received, seconds }: SendRound): number {
  if (received !== sent) throw new Error(`${sent} messages were sent, ${received} received.`);
  return received / seconds;
}
