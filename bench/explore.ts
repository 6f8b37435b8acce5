import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import type { Check, Reading } from './kit/outcome.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import { compilePan, PAN_FLAGS, type Pan } from './kit/spin.ts';
import { pairwise, ratio } from './kit/statistics.ts';
import type { Explorer, ExploreRound } from './workers/explore.ts';

const run = promisify(execFile);
const PLAN = { warmUp: 3, rounds: 5 };

const TWO_PHASE = 'Troupe, two-phase commit of 7';
const PAXOS = 'Troupe, Paxos of 3 servers and 2 clients';
const SPIN = 'Spin, two-phase commit of 7';

/** Distinct states; a round that finds another number is no measurement. */
const STATES = { twoPhase: 296_448, paxos: 16_668 };
const MEMORY = 1_024;

export const explore: Benchmark = {
  name: 'explore',
  summary: 'all states of two-phase commit and of Paxos, beside Spin on the same two-phase commit',
  async run(lab) {
    const spin = await spinOr(lab);
    const pan = typeof spin === 'string' ? undefined : spin;
    try {
      const contenders = [
        ours(lab, TWO_PHASE, 'two-phase-commit.ts', { participants: 7 }, STATES.twoPhase),
        ours(lab, PAXOS, 'paxos.ts', {}, STATES.paxos),
        ...(pan === undefined ? [] : [theirs(pan)]),
      ];
      const all = await interleave(contenders, PLAN, lab.note);
      return {
        settings: {
          ...describePlan(PLAN),
          processes: 'one for each model of Troupe, kept over its rounds; for Spin a new one each round',
          properties: 'those of examples/model-checking; for Spin that none aborts where another commits',
          spin: typeof spin === 'string' ? `not measured: ${spin}` : `${spin.version}; ${spin.flags}`,
        },
        readings: [
          ...contenders.flatMap(({ name }, index) => readings(name, all[index]!)),
          ...besideSpin(all),
        ],
        checks: checks(all),
      };
    } finally {
      await pan?.end();
    }
  },
};

/** Spin's verifier, or why there is none. */
const spinOr = async (lab: Lab): Promise<Pan | string> =>
  compilePan(join(lab.root, 'bench', 'two-phase-commit.pml'), lab.note).catch((error: unknown) => {
    const { message } = error as Error;
    lab.note(`Spin is not measured: ${message}`);
    return message;
  });

function ours(
  lab: Lab,
  name: string,
  example: string,
  params: Readonly<Record<string, number>>,
  states: number,
): Contender<ExploreRound> {
  const { round } = lab.start<Explorer>('explore-troupe');
  const file = join(lab.root, 'examples', 'model-checking', example);
  return { name, round: async () => checked(await round({ file, params }), states) };
}

const theirs = (pan: Pan): Contender<ExploreRound> => ({
  name: SPIN,
  async round() {
    const began = performance.now();
    const { stdout } = await run(pan.path, PAN_FLAGS);
    const seconds = (performance.now() - began) / 1_000;
    const figure = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1]);
    return checked(
      {
        distinct: figure(/(\d+) states, stored/),
        generated: figure(/(\d+) transitions/),
        holds: figure(/errors: (\d+)/) === 0,
        seconds,
        // Of a process that has ended Node does not tell.
        cpuSeconds: 0,
        megabytes: figure(/([\d.]+)\s+total actual memory usage/),
      },
      STATES.twoPhase,
    );
  },
});

function checked(round: ExploreRound, states: number): ExploreRound {
  if (round.distinct !== states || !round.holds)
    throw new Error(`${round.distinct} states instead of ${states}, properties hold: ${round.holds}.`);
  return round;
}

const rates = (rounds: readonly ExploreRound[] = []): readonly number[] =>
  rounds.map(({ distinct, seconds }) => distinct / seconds);

const readings = (contender: string, rounds: readonly ExploreRound[]): Reading[] => [
  { contender, unit: 'states/s', rounds: rates(rounds) },
  ...(rounds.some(({ cpuSeconds }) => cpuSeconds > 0)
    ? [
        {
          contender: `${contender}, CPU`,
          unit: 'us/state',
          rounds: rounds.map(({ cpuSeconds, distinct }) => (cpuSeconds / distinct) * 1e6),
        },
      ]
    : []),
  {
    contender: `${contender}, with repetitions`,
    unit: 'states/s',
    rounds: rounds.map(({ generated, seconds }) => generated / seconds),
  },
  { contender: `${contender}, memory`, unit: 'MB', rounds: rounds.map(({ megabytes }) => megabytes) },
];

const besideSpin = ([ours = [], , theirs]: readonly (readonly ExploreRound[])[]): Reading[] =>
  theirs === undefined
    ? []
    : [
        {
          contender: 'Troupe / Spin, two-phase commit of 7',
          unit: 'x',
          rounds: pairwise(rates(ours), rates(theirs), ratio),
        },
      ];

function checks([twoPhase = [], paxos = []]: readonly (readonly ExploreRound[])[]): Check[] {
  const rate = (what: string, target: number, rounds: readonly ExploreRound[]): Check => ({
    what: `${what}, states/s`,
    unit: 'states/s',
    bound: 'at least',
    target,
    rounds: rates(rounds),
  });
  return [
    rate(TWO_PHASE, 200_000, twoPhase),
    rate(PAXOS, 100_000, paxos),
    {
      what: 'memory of the larger',
      unit: 'MB',
      bound: 'at most',
      target: MEMORY,
      rounds: twoPhase.map(({ megabytes }) => megabytes),
    },
  ];
}
