/** What goes wrong in sagas, planted in the charts of Troupe: each of these must be found, and is, by `saga.ts`. */
import { createMachine, type AnyStateMachine } from 'xstate';
import {
  saga,
  sagaParticipant,
  type SagaParticipantContext,
  type SagaContext,
  type SagaInput,
} from 'troupe/machines';

type Restarted = SagaInput & { readonly kept?: SagaContext };

const { config, implementations } = saga as AnyStateMachine;
const begin = config.context as (args: { input: SagaInput }) => SagaContext;

/** The saga with a way to start again from a context; which way it went is in its `error`. */
const resumable = createMachine(
  {
    ...config,
    context: (args: { input: Restarted }) => args.input.kept ?? begin(args),
    initial: 'resuming',
    states: {
      resuming: {
        always: [
          { guard: ({ context }: { context: SagaContext }) => context.error !== null, target: 'unwinding' },
          { target: 'performing' },
        ],
      },
      ...config.states,
    },
  } as never,
  implementations as never,
);

const correct = {
  orchestrator: { logic: saga, durable: true },
  participant: sagaParticipant,
  hasKeyPerAttempt: false,
} as const;

const isPerformed = (context: SagaParticipantContext, key: string): boolean =>
  context.entries[key] === 'performed';

export const mutants = {
  none: correct,
  /** The orchestrator persists that it turned back, but not what is left to undo. */
  'lost-compensation': {
    ...correct,
    orchestrator: {
      logic: resumable as AnyStateMachine,
      durable: {
        save: ({ context }: { context: SagaContext }): SagaContext => ({ ...context, pending: [] }),
        load: (input: SagaInput, kept: SagaContext): Restarted => ({ ...input, kept }),
      },
    },
  },
  /** A participant takes an action whose compensation has overtaken it. */
  'no-tombstone': { ...correct, participant: sagaParticipant.provide({ actions: { bar: () => undefined } }) },
  /** A participant compensates again when it is told again. */
  'double-refund': {
    ...correct,
    participant: sagaParticipant.provide({
      guards: {
        isPerformed: ({ context, event }) =>
          'key' in event &&
          (event.type === 'COMPENSATE' && context.performed > 0
            ? event.key in context.entries
            : isPerformed(context, event.key)),
      },
    }),
  },
  /** Every attempt has a key of its own. Shows with `attempts=2`. */
  'no-idempotency-key': { ...correct, hasKeyPerAttempt: true },
} as const;
