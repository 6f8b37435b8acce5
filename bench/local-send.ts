import type { Benchmark } from './kit/benchmark.ts';
import type { Reading } from './kit/outcome.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import { pairwise, ratio } from './kit/statistics.ts';
import type { LocalRound, LocalSender } from './workers/local-send.ts';

const PLAN = { warmUp: 1, rounds: 9 };
const SECONDS = 1;

export const localSend: Benchmark = {
  name: 'local-send',
  summary: 'ref.send to an actor of the same process against actor.send of XState, same machine',
  async run(lab) {
    const contender = (name: string, worker: string): Contender<LocalRound> => {
      const { round } = lab.start<LocalSender>(worker);
      return { name, round: async () => checked(await round(SECONDS)) };
    };
    const names = ['XState actor.send', 'Troupe ref.send'];
    const [xstate = [], troupe = []] = await interleave(
      [contender(names[0]!, 'local-send-xstate'), contender(names[1]!, 'local-send-troupe')],
      PLAN,
      lab.note,
    );
    return {
      settings: {
        ...describePlan(PLAN),
        'seconds a round': SECONDS,
        machine: 'one state, one assign',
        processes: 'one for each contender',
      },
      readings: [...readings(names[0]!, xstate), ...readings(names[1]!, troupe)],
      checks: [
        {
          what: 'Troupe / XState',
          unit: 'x',
          bound: 'at least',
          target: 0.8,
          rounds: pairwise(rates(troupe), rates(xstate), ratio),
        },
      ],
    };
  },
};

function checked(round: LocalRound): LocalRound {
  const { sent, handled } = round;
  if (handled !== sent) throw new Error(`${sent} messages were sent, ${handled} handled.`);
  return round;
}

const rates = (rounds: readonly LocalRound[]): readonly number[] =>
  rounds.map(({ handled, seconds }) => handled / seconds);

const readings = (contender: string, rounds: readonly LocalRound[]): Reading[] => [
  { contender, unit: 'messages/s', rounds: rates(rounds) },
  {
    contender: `${contender}, CPU`,
    unit: 'us/message',
    rounds: rounds.map(({ cpuSeconds, handled }) => (cpuSeconds / handled) * 1e6),
  },
];
