import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import type { Check, Reading } from './kit/outcome.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import { pairwise, ratio } from './kit/statistics.ts';
import type { AskRound, AskWorker } from './workers/ask.ts';

const PLAN = { warmUp: 1, rounds: 7 };
const SECONDS = 2;
const MANY = 256;

/** Name in the output, and worker. */
const CONTENDERS = [
  ['nats client nc.request', 'ask-nats'],
  ['Moleculer broker.call', 'ask-moleculer'],
  ['Troupe ref.ask', 'ask-troupe'],
] as const;

export const ask: Benchmark = {
  name: 'ask',
  summary: 'a question to another process and its answer, over one nats-server',
  async run(lab) {
    const workers = await Promise.all(CONTENDERS.map(async ([name, worker]) => open(lab, name, worker)));
    const rounds = async (inFlight: number): Promise<readonly (readonly AskRound[])[]> =>
      interleave(
        workers.map(({ name, round }) => ({
          name: `${name}, ${inFlight} in flight`,
          round: async () => round(inFlight),
        })),
        PLAN,
        lab.note,
      );
    const many = await rounds(MANY);
    const one = await rounds(1);
    return {
      settings: {
        ...describePlan(PLAN),
        'seconds a round': SECONDS,
        processes: 'per contender one that asks and one that answers',
        'nats client': 'callback subscription, msgpackr on both sides, options as they come',
        moleculer: 'defaults, logger off, disableBalancer on',
        troupe: 'an XState actor replies, options as they come',
      },
      readings: [...readings(many, MANY), ...readings(one, 1)],
      checks: checks(many, one),
    };
  },
};

interface AskContender {
  readonly name: string;
  readonly round: (inFlight: number) => ReturnType<Contender<AskRound>['round']>;
}

async function open(lab: Lab, name: string, worker: string): Promise<AskContender> {
  const url = await lab.nats();
  await lab.start<AskWorker>(worker).respond(url);
  const asker = lab.start<AskWorker>(worker);
  await asker.connect(url);
  return { name, round: async (inFlight) => asker.round({ inFlight, seconds: SECONDS }) };
}

const rates = (rounds: readonly AskRound[] = []): readonly number[] =>
  rounds.map(({ answered, seconds }) => answered / seconds);
const p50s = (rounds: readonly AskRound[] = []): readonly number[] => rounds.map(({ p50 }) => p50);

function readings(all: readonly (readonly AskRound[])[], inFlight: number): Reading[] {
  return CONTENDERS.flatMap(([name], index) => {
    const rounds = all[index]!;
    const contender = `${name}, ${inFlight} in flight`;
    return [
      { contender, unit: 'answers/s', rounds: rates(rounds) },
      { contender: `${contender}, p50`, unit: 'ms', rounds: p50s(rounds) },
      { contender: `${contender}, p99`, unit: 'ms', rounds: rounds.map(({ p99 }) => p99) },
    ];
  });
}

function checks(
  [natsMany, moleculerMany, troupeMany]: readonly (readonly AskRound[])[],
  [natsOne, , troupeOne]: readonly (readonly AskRound[])[],
): Check[] {
  const many = (peer: string, target: number, theirs: readonly AskRound[] | undefined): Check => ({
    what: `Troupe / ${peer}, answers/s, ${MANY} in flight`,
    unit: 'x',
    bound: 'at least',
    target,
    rounds: pairwise(rates(troupeMany), rates(theirs), ratio),
  });
  return [
    many('nats client', 3, natsMany),
    many('Moleculer', 2, moleculerMany),
    {
      what: 'Troupe / nats client, p50, 1 in flight',
      unit: 'x',
      bound: 'at most',
      target: 1,
      rounds: pairwise(p50s(troupeOne), p50s(natsOne), ratio),
    },
  ];
}
