/**
 * Two-phase commit, as Gray & Lamport's TwoPhase specifies it ("Consensus on Transaction Commit", 2006), with the charts that run in
 * production. Messages form a set that only grows: each may be read late, again, or never.
 *
 *     npx troupe check examples/model-checking/two-phase-commit.ts --param participants=5
 */
import { always, defineSystem, eventually, quiescent, sometimes, type SystemState } from 'troupe/testing';
import {
  twoPhaseCoordinator,
  twoPhaseParticipant,
  type Decision,
  type ParticipantState,
  type TwoPhaseCoordinatorContext,
} from 'troupe/machines';
import { pick } from './pick.ts';

/** How many have prepared, with the vote that is being counted. */
const prepared = (context: TwoPhaseCoordinatorContext, event: object): number =>
  Object.entries(context.votes).filter(
    ([name, yes]) => yes || ('participant' in event && event.participant === name),
  ).length;

/** What can be got wrong; each breaks atomicity. */
const mutants = {
  none: {},
  /** Commits when more than half have prepared. */
  majority: {
    coordinator: twoPhaseCoordinator.provide({
      guards: {
        completes: ({ context, event }) => prepared(context, event) * 2 > Object.keys(context.votes).length,
      },
    }),
  },
  /** Commits when anybody has prepared. */
  'any-one': {
    coordinator: twoPhaseCoordinator.provide({
      guards: { completes: ({ context, event }) => prepared(context, event) > 0 },
    }),
  },
  /** A participant that has prepared aborts by itself when it has waited too long. Shows with `timers=any`. */
  impatient: { participant: twoPhaseParticipant.provide({ guards: { givesUp: () => true } }) },
  /** The coordinator tells its decision before it is recorded. Shows with `crash=1`. */
  'no-log': { coordinator: twoPhaseCoordinator.provide({ guards: { records: () => false } }) },
} as const;

export interface Params {
  readonly participants?: number;
  readonly mutant?: keyof typeof mutants;
  /** How often the coordinator crashes. */
  readonly crash?: number;
  /** How often it comes back. 0: never, and then the participants block. */
  readonly restart?: number;
  /** `never` as in the specification; `any`: participants that have prepared inquire, the coordinator loses patience. */
  readonly timers?: 'any' | 'quiet' | 'never';
  /** Do participants say that they cannot prepare? In the specification they do not. */
  readonly refusesAloud?: boolean;
}

export const system = ({
  participants = 3,
  mutant = 'none',
  crash = 0,
  restart = crash,
  timers = 'never',
  refusesAloud = false,
}: Params = {}) => {
  const names = Array.from({ length: participants }, (_, n) => `p${n + 1}`);
  const transaction = 't';
  const {
    coordinator = twoPhaseCoordinator,
    participant = twoPhaseParticipant,
  }: { coordinator?: typeof twoPhaseCoordinator; participant?: typeof twoPhaseParticipant } = pick(
    mutants,
    mutant,
  );
  const states = ({ actors }: SystemState) => names.map((name) => actors[name]!.value as ParticipantState);
  const isDecided = (state: SystemState) =>
    states(state).every((each) => each === 'committed' || each === 'aborted');
  return defineSystem({
    name: 'two-phase-commit',
    network: 'monotone',
    timers,
    faults: { crash, restart },
    mortal: ['coordinator'],
    actors: {
      coordinator: {
        logic: coordinator,
        input: { transaction, participants: names },
        choices: [{ type: 'CANCEL' }],
        outcomes: { record: () => [{ output: undefined }, { error: new Error('The log is full.') }] },
        durable: {
          save: ({ context }: { context: TwoPhaseCoordinatorContext }) => context.decision,
          load: (input: object, decision: Decision = 'abort') => ({ ...input, decision }),
        },
      },
      ...Object.fromEntries(
        names.map((name) => [
          name,
          {
            logic: participant,
            input: { transaction, participant: name, coordinator: 'coordinator', refusesAloud },
            outcomes: { prepare: () => [{ output: undefined }, { error: new Error('Sold out.') }] },
          },
        ]),
      ),
    },
    properties: [
      always('none aborts where another commits', (state) => {
        const all = states(state);
        return !(all.includes('committed') && all.includes('aborted'));
      }),
      sometimes('all commit', (state) => states(state).every((each) => each === 'committed')),
      sometimes('all abort', (state) => states(state).every((each) => each === 'aborted')),
      // To come back counts as a fault, and faults need never happen: where it may, only what nothing follows is judged.
      ...(crash === 0
        ? []
        : [(restart < crash ? eventually : quiescent)('all participants decide', isDecided)]),
    ],
    symmetry: [names],
  });
};
