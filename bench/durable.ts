import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import type { Check, Reading } from './kit/outcome.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import { pairwise, ratio } from './kit/statistics.ts';
import type { DurableWorker, JetStreamWorker, Latencies, Place, StepsRound } from './workers/durable.ts';

const PLAN = { warmUp: 1, rounds: 5 };
const SECONDS = 2;
const ACTORS = 256;
const WAITING = 16;
const ASLEEP = 500;

export const durable: Benchmark = {
  name: 'durable',
  summary: 'durable actors: confirmed events over JetStream, file and memory, beside a loop over js.publish',
  async run(lab) {
    const folder = await mkdtemp(join(tmpdir(), 'troupe-bench-'));
    try {
      return await measure(lab, { url: await lab.jetstream(), folder });
    } finally {
      await lab.endWorkers();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function measure(lab: Lab, place: Place): ReturnType<Benchmark['run']> {
  const jetstream = lab.start<JetStreamWorker>('durable-jetstream');
  const file = lab.start<DurableWorker>('durable-file');
  const memory = lab.start<DurableWorker>('durable-memory');
  for (const worker of [jetstream, file, memory]) await worker.open(place);
  // There is a commit to take the size of from now on.
  await jetstream.steps({ actors: ACTORS, waiting: 1, seconds: 1 });
  const steps = (actors: number, waiting: number) => ({ actors, waiting, seconds: SECONDS });
  const rates: Contender<StepsRound>[] = [
    { name: 'js.publish', round: async () => jetstream.publish({ window: ACTORS, seconds: SECONDS }) },
    { name: 'JetStream', round: async () => jetstream.steps(steps(ACTORS, 1)) },
    { name: `JetStream, ${WAITING} waiting`, round: async () => jetstream.steps(steps(ACTORS, WAITING)) },
    { name: 'file', round: async () => file.steps(steps(ACTORS, 1)) },
    { name: `file, ${WAITING} waiting`, round: async () => file.steps(steps(ACTORS, WAITING)) },
    { name: 'memory', round: async () => memory.steps(steps(ACTORS, 1)) },
  ];
  const delays: Contender<Latencies>[] = [
    { name: 'JetStream, one at a time', round: async () => jetstream.steps(steps(1, 1)) },
    { name: 'JetStream, activation', round: async () => jetstream.activate({ actors: ASLEEP }) },
    { name: 'file, one at a time', round: async () => file.steps(steps(1, 1)) },
    { name: 'file, activation', round: async () => file.activate({ actors: ASLEEP }) },
  ];
  const done = await interleave(rates, PLAN, lab.note);
  const delayed = await interleave(delays, { warmUp: 1, rounds: 3 }, lab.note);
  return {
    settings: {
      ...describePlan(PLAN),
      'seconds a round': SECONDS,
      'actors, and window of js.publish': ACTORS,
      'events waiting for each actor': WAITING,
      'actors that are activated': ASLEEP,
      'an event': 'ref.deliver to a virtual actor: a transition with one assign, committed, confirmed',
      'js.publish': 'the bytes of such a commit, to a stream with the same settings, from the same process',
      stores: 'JetStream with one replica on file, file with durability "process", memory',
    },
    readings: [
      ...rates.flatMap(({ name }, at) => readings(name, done[at]!)),
      ...delays.flatMap(({ name }, at) => latencies(name, delayed[at]!)),
    ],
    checks: checks(done, delayed),
  };
}

const persecond = (rounds: readonly StepsRound[] = []): readonly number[] =>
  rounds.map(({ done, seconds }) => done / seconds);

const readings = (contender: string, rounds: readonly StepsRound[]): Reading[] => [
  { contender, unit: 'events/s', rounds: persecond(rounds) },
  {
    contender: `${contender}, CPU of the process`,
    unit: 'us/event',
    rounds: rounds.map(({ cpu, done }) => (cpu / done) * 1e6),
  },
];

const latencies = (contender: string, rounds: readonly Latencies[]): Reading[] => [
  { contender: `${contender}, p50`, unit: 'ms', rounds: rounds.map(({ p50 }) => p50) },
  { contender: `${contender}, p99`, unit: 'ms', rounds: rounds.map(({ p99 }) => p99) },
];

function checks(
  [plain, jetstream, waiting, file]: readonly (readonly StepsRound[])[],
  [one, activation]: readonly (readonly Latencies[])[],
): Check[] {
  const beside = (what: string, target: number, ours: readonly StepsRound[] | undefined): Check => ({
    what: `${what} / js.publish, events/s`,
    unit: 'x',
    bound: 'at least',
    target,
    rounds: pairwise(persecond(ours), persecond(plain), ratio),
  });
  const within = (what: string, target: number, rounds: readonly Latencies[] = []): Check => ({
    what: `JetStream, ${what}, p50`,
    unit: 'ms',
    bound: 'at most',
    target,
    rounds: rounds.map(({ p50 }) => p50),
  });
  return [
    beside('JetStream', 2, jetstream),
    beside(`JetStream, ${WAITING} events waiting`, 4, waiting),
    within('one confirmed event at a time', 1, one),
    within('activation of a passivated actor', 5, activation),
    { what: 'file', unit: 'events/s', bound: 'at least', target: 50_000, rounds: persecond(file) },
  ];
}
