import type { Benchmark } from './kit/benchmark.ts';
import type { Lab } from './kit/lab.ts';
import { describePlan, interleave, type Contender } from './kit/rounds.ts';
import { pairwise, ratio } from './kit/statistics.ts';
import type { PathRound, Pathfinder } from './workers/paths.ts';

const PLAN = { warmUp: 1, rounds: 5 };
const SIZE = 30;
const STATES = SIZE ** 3;
const TARGET = 0.5;
const FLAGS = ['--expose-gc'];

export const paths: Benchmark = {
  name: 'paths',
  summary: `a shortest path to each of ${STATES.toLocaleString('en-US')} states, against @xstate/graph`,
  async run(lab) {
    const names = ['@xstate/graph getShortestPaths', 'Troupe shortestPaths'];
    const contenders = [contender(lab, names[0]!, 'paths-xstate'), contender(lab, names[1]!, 'paths-troupe')];
    const [theirs = [], ours = []] = await interleave(contenders, PLAN, lab.note);
    const all = [theirs, ours];
    return {
      settings: {
        ...describePlan(PLAN),
        machine: `three counters modulo ${SIZE}, three events: ${STATES} states, ${3 * STATES} edges`,
        processes: 'a new one for each round',
      },
      readings: names.flatMap((name, index) => [
        { contender: name, unit: 's', rounds: seconds(all[index]!) },
        { contender: `${name}, heap`, unit: 'MB', rounds: all[index]!.map(({ bytes }) => bytes / 1e6) },
      ]),
      checks: [
        { what: 'Troupe', unit: 's', bound: 'at most', target: TARGET, rounds: seconds(ours) },
        {
          what: 'Troupe / @xstate/graph, time',
          unit: 'x',
          bound: 'at most',
          target: 1,
          rounds: pairwise(seconds(ours), seconds(theirs), ratio),
        },
      ],
    };
  },
};

const contender = (lab: Lab, name: string, worker: string): Contender<PathRound> => ({
  name,
  async round() {
    const found = await lab.start<Pathfinder>(worker, FLAGS).find(SIZE);
    await lab.endWorkers();
    if (found.paths !== STATES) throw new Error(`${name} found ${found.paths} paths, not ${STATES}.`);
    return found;
  },
});

const seconds = (rounds: readonly PathRound[]): readonly number[] => rounds.map(({ seconds: took }) => took);
