import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import type { Check, Reading } from './kit/outcome.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import { difference, pairwise } from './kit/statistics.ts';
import type { Herd, HerdRound } from './workers/memory.ts';
import type { TroupeHerds } from './workers/memory-troupe.ts';

const PLAN = { warmUp: 0, rounds: 3 };
const ACTORS = 100_000;
const TARGET = 1_024;
const FLAGS = ['--expose-gc'];

export const memory: Benchmark = {
  name: 'memory',
  summary: `the heap of ${ACTORS.toLocaleString('en-US')} spawned actors against as many bare XState actors`,
  async run(lab) {
    const contenders = [
      contender(lab, 'XState createActor', async () => lab.start<Herd>('memory-xstate', FLAGS).spawn(ACTORS)),
      contender(lab, 'Troupe spawn, named', async () =>
        lab.start<TroupeHerds>('memory-troupe', FLAGS).named(ACTORS),
      ),
      contender(lab, 'Troupe spawn, anonymous', async () =>
        lab.start<TroupeHerds>('memory-troupe', FLAGS).anonymous(ACTORS),
      ),
    ];
    const all = await interleave(contenders, PLAN, lab.note);
    return {
      settings: {
        ...describePlan(PLAN),
        actors: ACTORS,
        processes: 'a new one for each round, nothing else in it',
        heap: 'heapUsed after full collections, less that before the first actor',
        'kept alive by': 'an array of the actors, for Troupe of the refs',
      },
      readings: contenders.flatMap(({ name }, index) => readings(name, all[index]!)),
      checks: contenders.slice(1).flatMap(({ name }, index) => checks(name, all[index + 1]!, all[0]!)),
    };
  },
};

const contender = (lab: Lab, name: string, spawn: () => Promise<HerdRound>): Contender<HerdRound> => ({
  name,
  async round() {
    const round = await spawn();
    await lab.endWorkers();
    return round;
  },
});

const readings = (contender: string, rounds: readonly HerdRound[]): Reading[] => [
  { contender, unit: 'bytes/actor', rounds: rounds.map(({ bytes }) => bytes) },
  {
    contender: `${contender}, after a message each`,
    unit: 'bytes/actor',
    rounds: rounds.map(({ bytesAfter }) => bytesAfter),
  },
  {
    contender: `${contender}, time to spawn all`,
    unit: 's',
    rounds: rounds.map(({ spawnSeconds }) => spawnSeconds),
  },
  {
    contender: `${contender}, time until all have handled a message`,
    unit: 's',
    rounds: rounds.map(({ answerSeconds }) => answerSeconds),
  },
];

const checks = (name: string, ours: readonly HerdRound[], bare: readonly HerdRound[]): Check[] => [
  {
    what: `${name} - XState`,
    unit: 'bytes/actor',
    bound: 'at most',
    target: TARGET,
    rounds: pairwise(
      ours.map(({ bytes }) => bytes),
      bare.map(({ bytes }) => bytes),
      difference,
    ),
  },
  {
    what: `${name}: actors that answered`,
    unit: 'actors',
    bound: 'at least',
    target: ACTORS,
    rounds: ours.map(({ answered }) => answered),
  },
];
