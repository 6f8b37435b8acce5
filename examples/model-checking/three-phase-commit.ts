/**
 * Three-phase commit (Skeen 1981) with the charts that run in production. Whoever crashes, the others decide, and alike: as long as
 * silence means that somebody is dead (`timers: quiet`). When the network splits, silence means nothing, and the two sides decide apart.
 *
 *     npx troupe check examples/model-checking/three-phase-commit.ts
 *     npx troupe check examples/model-checking/three-phase-commit.ts --param participants=2 --param partition=1
 */
import { always, defineSystem, quiescent, sometimes, type SystemState } from 'troupe/testing';
import { threePhaseCoordinator, threePhaseParticipant } from 'troupe/machines';
import { pick } from './pick.ts';

const mutants = {
  none: {},
  /** Participants whose patience ends decide at once, by their own state, and ask nobody. Shows with `lose=1`. */
  'does-not-ask': { participant: threePhaseParticipant.provide({ guards: { asks: () => false } }) },
} as const;

export interface Params {
  readonly participants?: number;
  readonly mutant?: keyof typeof mutants;
  /** How many sites may crash; they stay away. */
  readonly crash?: number;
  /** How often the network may split, for good, with the coordinator on one side and at least one participant on the other. */
  readonly partition?: number;
  /** How many messages may be lost. */
  readonly lose?: number;
  readonly timers?: 'any' | 'quiet';
}

export const system = ({
  participants = 2,
  mutant = 'none',
  crash = 1,
  partition = 0,
  lose = 0,
  timers = 'quiet',
}: Params = {}) => {
  const names = Array.from({ length: participants }, (_, n) => `p${n + 1}`);
  const input = { transaction: 't', coordinator: 'coordinator', participants: names };
  const { participant = threePhaseParticipant }: { participant?: typeof threePhaseParticipant } = pick(
    mutants,
    mutant,
  );
  const isDecided = ({ value }: { readonly value: unknown }) => value === 'committed' || value === 'aborted';
  const values = ({ actors }: SystemState) => Object.values(actors).map(({ value }) => value as unknown);
  return defineSystem({
    name: 'three-phase-commit',
    timers,
    faults: { crash, restart: 0, partition, heal: 0, lose },
    cuts: names.map((_, n) => names.slice(n)),
    actors: {
      coordinator: { logic: threePhaseCoordinator, input, choices: [{ type: 'CANCEL' }] },
      ...Object.fromEntries(
        names.map((name) => [
          name,
          {
            logic: participant,
            input: { ...input, participant: name },
            outcomes: { prepare: () => [{ output: undefined }, { error: new Error('Sold out.') }] },
          },
        ]),
      ),
    },
    properties: [
      always('none aborts where another commits', (state) => {
        const all = values(state);
        return !(all.includes('committed') && all.includes('aborted'));
      }),
      quiescent('all who live have decided', ({ actors }) =>
        Object.values(actors).every((actor) => actor.status === 'crashed' || isDecided(actor)),
      ),
      sometimes('all commit', (state) => values(state).every((value) => value === 'committed')),
      sometimes('all abort', (state) => values(state).every((value) => value === 'aborted')),
    ],
  });
};
