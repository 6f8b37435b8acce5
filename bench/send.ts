import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import type { Reading } from './kit/outcome.ts';
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
      readings: [...readings(peers[0], raw), ...readings(peers[1], troupe)],
      checks: [
        {
          what: 'Troupe, counted by the receiver',
          unit: 'messages/s',
          bound: 'at least',
          target: 300_000,
          rounds: rates(troupe),
        },
      ],
    };
  },
};

interface Round extends SendRound {
  /** CPU time of the process that sends, and of the one that counts, seconds. */
  readonly sending: number;
  readonly receiving: number;
}

async function open(lab: Lab, name: string, worker: string): Promise<Contender<Round>> {
  const url = await lab.nats();
  const receiver = lab.start<SendWorker>(worker);
  await receiver.count(url);
  const sender = lab.start<SendWorker>(worker);
  await sender.connect(url);
  const round = async (): Promise<Round> => {
    const before = [await sender.cpu(), await receiver.cpu()] as const;
    const result = checked(await sender.round(LOAD));
    const [sending, receiving] = [await sender.cpu(), await receiver.cpu()];
    return { ...result, sending: sending - before[0], receiving: receiving - before[1] };
  };
  return { name, round };
}

function checked(round: SendRound): SendRound {
  const { sent, received } = round;
  if (received !== sent) throw new Error(`${sent} messages were sent, ${received} received.`);
  return round;
}

const rates = (rounds: readonly Round[]): readonly number[] =>
  rounds.map(({ received, seconds }) => received / seconds);

function readings(contender: string, rounds: readonly Round[]): Reading[] {
  const each = (cpu: (round: Round) => number): readonly number[] =>
    rounds.map((round) => (cpu(round) / round.received) * 1e6);
  return [
    { contender, unit: 'messages/s', rounds: rates(rounds) },
    { contender: `${contender}, CPU of the sender`, unit: 'us/message', rounds: each((r) => r.sending) },
    { contender: `${contender}, CPU of the receiver`, unit: 'us/message', rounds: each((r) => r.receiving) },
  ];
}
