import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import type { Check, Reading } from './kit/outcome.ts';
import { describePlan, interleave } from './kit/rounds.ts';
import { pairwise, ratio } from './kit/statistics.ts';
import type { InspectWorker, Told } from './workers/inspect.ts';

const PLAN = { warmUp: 2, rounds: 11 };
const SECONDS = 1;
const MANY = 256;
/** Lines a second that the one that looks wants, of all nodes together. */
const RATE = 1_000;

const CONTENDERS = ['not to be looked at', 'unwatched', 'watched'] as const;

interface Round {
  readonly rate: number;
  /** CPU of an ask: of the process that asks and of the one that answers, microseconds. */
  readonly cpu: number;
  readonly p99: number;
  readonly told: Told;
}

export const inspect: Benchmark = {
  name: 'inspect',
  summary:
    'what it costs that a node can be looked at, and is: asks between two processes over one nats-server',
  async run(lab) {
    const contenders = await Promise.all(CONTENDERS.map(async (name) => open(lab, name)));
    const [off = [], unwatched = [], watched = []] = await interleave(contenders, PLAN, lab.note);
    return {
      settings: {
        ...describePlan(PLAN),
        'seconds a round': SECONDS,
        'in flight': MANY,
        processes: 'per contender one that asks and one that answers; a third that looks',
        'lines a second that are wanted': RATE,
      },
      readings: [
        ...readings(CONTENDERS[0], off),
        ...readings(CONTENDERS[1], unwatched),
        ...readings(CONTENDERS[2], watched),
        ...tellings(watched),
      ],
      checks: [
        check('unwatched / not to be looked at', 1.02, unwatched, off),
        check('watched / not to be looked at', 1.1, watched, off),
      ],
    };
  },
};

async function open(
  lab: Lab,
  name: (typeof CONTENDERS)[number],
): Promise<{ name: string; round(): Promise<Round> }> {
  const place = {
    url: await lab.nats(),
    system: `inspect-${CONTENDERS.indexOf(name)}`,
    inspect: name !== CONTENDERS[0],
  };
  const [responder, asker, watcher] = [0, 1, 2].map(() => lab.start<InspectWorker>('inspect-troupe'));
  await responder!.respond(place);
  await asker!.connect(place);
  if (name === 'watched') await watcher!.watch({ ...place, rate: RATE });
  const cpu = async (): Promise<number> => (await responder!.cpu()) + (await asker!.cpu());
  return {
    name,
    async round() {
      const before = await cpu();
      await watcher!.told();
      const { answered, seconds, p99 } = await asker!.round({ inFlight: MANY, seconds: SECONDS });
      const spent = (await cpu()) - before;
      return {
        rate: answered / seconds,
        cpu: (spent / answered) * 1e6,
        p99,
        told: await watcher!.told(),
      };
    },
  };
}

function readings(contender: string, rounds: readonly Round[]): Reading[] {
  return [
    { contender, unit: 'answers/s', rounds: rounds.map(({ rate }) => rate) },
    { contender: `${contender}, CPU`, unit: 'us/ask', rounds: rounds.map(({ cpu }) => cpu) },
    { contender: `${contender}, p99`, unit: 'ms', rounds: rounds.map(({ p99 }) => p99) },
  ];
}

const tellings = (rounds: readonly Round[]): Reading[] => [
  { contender: 'told', unit: 'lines/s', rounds: rounds.map(({ told }) => told.lines / SECONDS) },
  {
    contender: 'told',
    unit: 'bytes/line',
    rounds: rounds.map(({ told }) => told.bytes / Math.max(1, told.lines)),
  },
  {
    contender: 'left out and said so',
    unit: 'lines/s',
    rounds: rounds.map(({ told }) => told.dropped / SECONDS),
  },
];

const check = (what: string, target: number, ours: readonly Round[], theirs: readonly Round[]): Check => ({
  what: `${what}, CPU of an ask`,
  unit: 'x',
  bound: 'at most',
  target,
  rounds: pairwise(
    ours.map(({ cpu }) => cpu),
    theirs.map(({ cpu }) => cpu),
    ratio,
  ),
});
