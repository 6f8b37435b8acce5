import { assign, setup } from 'xstate';
import { tell } from 'troupe';
import { always, defineSystem, simulate, type NetworkKind, type System } from 'troupe/testing';
import { answer } from './answer.ts';
import { cpuSeconds } from './cpu.ts';

/** What the worker does; the parent calls it. */
export interface Simulator {
  round(scenario: Scenario): Promise<SimulatedRound>;
}

export interface Scenario {
  readonly network: NetworkKind;
  /** Pairs of actors that talk with each other. */
  readonly pairs: number;
  /** Are faults on, and is a property looked at after every step? */
  readonly hard: boolean;
  readonly steps: number;
}

export interface SimulatedRound {
  readonly delivered: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Rally {
  readonly peer: string;
  readonly serves: boolean;
}

/** Answers every ball with the next one; serves again when none has come for a while. */
const player = setup({
  types: {
    context: {} as Rally & { balls: number },
    events: {} as { type: 'BALL'; n: number },
    input: {} as Rally,
  },
}).createMachine({
  id: 'player',
  context: ({ input }) => ({ ...input, balls: 0 }),
  initial: 'playing',
  states: {
    playing: {
      entry: tell(({ context }) => (context.serves ? context.peer : undefined), { type: 'BALL', n: 0 }),
      after: { 60_000: { target: 'playing', reenter: true } },
      on: {
        BALL: {
          actions: [
            assign({ balls: ({ context }) => context.balls + 1 }),
            tell(
              ({ context }) => context.peer,
              ({ event }) => ({ type: 'BALL', n: event.n + 1 }),
            ),
          ],
        },
      },
    },
  },
});

function rallies({ network, pairs, hard }: Scenario): System {
  const one = (name: string, peer: string, serves: boolean): System['actors'] => ({
    [name]: { logic: player, input: { peer, serves } },
  });
  const actors = Array.from({ length: pairs }, (_, at) => ({
    ...one(`a${at}`, `b${at}`, true),
    ...one(`b${at}`, `a${at}`, false),
  }));
  return defineSystem({
    name: 'rallies',
    network,
    actors: Object.assign({}, ...actors) as System['actors'],
    ...(hard ? { faults: { lose: 100, duplicate: 100, crash: 20, partition: 20 } } : {}),
    properties: hard
      ? [
          always(
            'balls are counted',
            ({ actors }) => (actors['a0']?.context as { balls?: number } | undefined)?.balls !== -1,
          ),
        ]
      : [],
  });
}

answer<Simulator>({
  round: async (scenario) => {
    const system = rallies(scenario);
    const cpu = cpuSeconds();
    const began = performance.now();
    const { counts, failure } = simulate(system, { runs: 1, steps: scenario.steps, swarm: false });
    const seconds = (performance.now() - began) / 1_000;
    if (failure !== undefined) throw new Error(`"${failure.property}" failed.`);
    return { delivered: counts.delivered, seconds, cpuSeconds: cpuSeconds() - cpu };
  },
});
