import type { Benchmark } from './kit/benchmark.ts';
import { describePlan, interleave } from './kit/rounds.ts';
import type { Scenario, SimulatedRound, Simulator } from './workers/simulate.ts';

const PLAN = { warmUp: 1, rounds: 5 };
const STEPS = 200_000;

const scenarios: Readonly<Record<string, Scenario>> = {
  '2 actors, ordered': { network: 'ordered', pairs: 1, hard: false, steps: STEPS },
  '200 actors, ordered': { network: 'ordered', pairs: 100, hard: false, steps: STEPS },
  '200 actors, unordered': { network: 'unordered', pairs: 100, hard: false, steps: STEPS },
  '200 actors, ordered, faults, a property each step': {
    network: 'ordered',
    pairs: 100,
    hard: true,
    steps: STEPS,
  },
};

const rates = (rounds: readonly SimulatedRound[]): readonly number[] =>
  rounds.map(({ delivered, seconds }) => delivered / seconds);

export const simulate: Benchmark = {
  name: 'simulate',
  summary: 'messages delivered by the seeded simulator, one core',
  async run(lab) {
    const { round } = lab.start<Simulator>('simulate');
    const contenders = Object.entries(scenarios).map(([name, scenario]) => ({
      name,
      round: async () => round(scenario),
    }));
    const results = await interleave(contenders, PLAN, lab.note);
    const rounds = contenders.map(({ name }, at) => ({ name, rounds: rates(results[at] ?? []) }));
    return {
      settings: {
        ...describePlan(PLAN),
        'steps a round': STEPS,
        machine: 'one state, one assign, one tell, one timer',
      },
      readings: rounds.map(({ name, rounds: each }) => ({
        contender: name,
        unit: 'messages/s',
        rounds: each,
      })),
      checks: rounds.map(({ name, rounds: each }) => ({
        what: name,
        unit: 'messages/s',
        bound: 'at least' as const,
        target: 100_000,
        rounds: each,
      })),
    };
  },
};
