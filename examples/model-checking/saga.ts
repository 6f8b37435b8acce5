/**
 * The saga of Troupe and the participants of its steps, over a network that loses, repeats and reorders, with an orchestrator that
 * crashes: whatever happens, all steps took effect, or none did that was not undone.
 *
 *   npx troupe check examples/model-checking/saga.ts --param steps=2
 *   npx troupe check examples/model-checking/saga.ts --param mutant=no-tombstone
 */
import {
  always,
  defineSystem,
  eventually,
  quiescent,
  sometimes,
  type Question,
  type SystemState,
} from 'troupe/testing';
import type {
  CompensateInput,
  SagaParticipantAnswer,
  SagaParticipantContext,
  PerformInput,
  SagaOutput,
} from 'troupe/machines';
import { pick } from './pick.ts';
import { mutants } from './saga-mutants.ts';

const plan = [
  { step: 'reserve', at: 'stock' },
  { step: 'charge', at: 'bank' },
  { step: 'ship', at: 'carrier' },
];

const timeout = { code: 'TIMEOUT', message: 'No answer came in time.', retryable: true };

/** A refusal is definite: not to be tried again. */
const outcomeOf = (answer: SagaParticipantAnswer) =>
  answer.type === 'REFUSED'
    ? { error: { code: answer.code, message: 'Refused.', retryable: false } }
    : { output: answer.type };

type Work = PerformInput | CompensateInput;

/** What `perform` and `compensate` do over the network: one question to the participant of the step, known by its key. */
const question =
  (type: 'PERFORM' | 'COMPENSATE', keyOf: (work: Work) => string) =>
  (work: Work): Question => ({
    to: plan.find(({ step }) => step === work.step)?.at ?? work.step,
    event: { type, key: keyOf(work), attempt: work.attempt },
    outcome: (event) => {
      const answer = event as SagaParticipantAnswer;
      return answer.key === keyOf(work) && answer.attempt === work.attempt ? outcomeOf(answer) : undefined;
    },
  });

const stable = ({ saga: id, step }: Work): string => `${id}/${step}`;
const perAttempt = ({ saga: id, step, attempt }: Work): string => `${id}/${step}/${attempt}`;

const books = ({ actors }: SystemState): SagaParticipantContext[] =>
  plan.flatMap(({ at }) =>
    actors[at]?.status === 'active' ? [actors[at].context as SagaParticipantContext] : [],
  );

const standing = ({ entries }: SagaParticipantContext): number =>
  Object.values(entries).filter((entry) => entry === 'performed').length;

const ending = ({ actors }: SystemState): SagaOutput['status'] | undefined =>
  (actors['saga']?.output as SagaOutput | undefined)?.status;

const hasEnded = ({ actors }: SystemState): boolean =>
  actors['saga']?.status === 'done' || (actors['saga']?.hasTag('needsOperator') ?? false);

const properties = [
  always(
    'completed: every step has taken effect',
    (state) => ending(state) !== 'completed' || books(state).every((book) => standing(book) === 1),
  ),
  always(
    'compensated: no effect is left',
    (state) => ending(state) !== 'compensated' || books(state).every((book) => standing(book) === 0),
  ),
  always('refunds never exceed charges', (state) =>
    books(state).every(({ performed, compensated }) => compensated <= performed),
  ),
  always('a step takes effect at most once', (state) =>
    books(state).every(({ performed }) => performed <= 1),
  ),
  sometimes('the saga completes', (state) => ending(state) === 'completed'),
  sometimes('an effect is undone', (state) => books(state).some(({ compensated }) => compensated > 0)),
  sometimes('a person is needed', ({ actors }) => actors['saga']?.hasTag('needsOperator') ?? false),
  quiescent('at rest the saga has ended, or a person is needed', hasEnded),
];

/** An orchestrator that crashed may never come back: then this is not promised. */
const ends = eventually('the saga ends, or a person is needed', hasEnded);

export interface Params {
  /** 1 to 3. */
  readonly steps?: number;
  /** At each step and at each compensation. */
  readonly attempts?: number;
  readonly lose?: number;
  readonly duplicate?: number;
  /** Crashes of the orchestrator, which comes back with what it had committed. */
  readonly crash?: number;
  readonly mutant?: keyof typeof mutants;
}

export const system = ({
  steps = 2,
  attempts = 1,
  lose = 1,
  duplicate = 1,
  crash = 1,
  mutant = 'none',
}: Params = {}) => {
  const taken = plan.slice(0, steps);
  const { orchestrator, participant, hasKeyPerAttempt } = pick(mutants, mutant);
  const keyOf = hasKeyPerAttempt ? perAttempt : stable;
  return defineSystem({
    name: 'saga',
    actors: {
      saga: {
        ...orchestrator,
        input: {
          id: 'order',
          steps: taken.map(({ step }) => ({
            name: step,
            maxAttempts: attempts,
            compensationMaxAttempts: attempts,
          })),
        },
        asks: { perform: question('PERFORM', keyOf), compensate: question('COMPENSATE', keyOf) },
        // A question whose answer is late counts as failed, whether it arrived or not.
        outcomes: { perform: () => [{ error: timeout }], compensate: () => [{ error: timeout }] },
      },
      ...Object.fromEntries(
        taken.map(({ at }) => [at, { logic: participant, choices: [{ type: 'CLOSE' }] }]),
      ),
    },
    network: 'unordered',
    faults: { lose, duplicate, crash },
    mortal: ['saga'],
    properties: crash === 0 ? [...properties, ends] : properties,
  });
};
