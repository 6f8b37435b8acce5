/** What goes wrong in sagas, planted in the charts of Troupe: each of these must be found, and is, by `saga.ts`. */
import { createMachine, type AnyStateMachine } from 'xstate';
import { saga, sagaParticipant, type SagaContext, type SagaInput } from 'troupe/machines';

/**
 * - `lost-compensation`: the orchestrator persists that it turned back, but not what is left to undo.
 * - `no-tombstone`: a participant takes an action whose compensation has overtaken it.
 * - `double-refund`: a participant compensates again when it is told again.
 * - `no-idempotency-key`: every attempt has a key of its own.
 */
export type Mutant = 'none' | 'lost-compensation' | 'no-tombstone' | 'double-refund' | 'no-idempotency-key';

export const participants: Readonly<Partial<Record<Mutant, AnyStateMachine>>> = {
  'no-tombstone': sagaParticipant.provide({ actions: { bar: () => undefined } }),
  'double-refund': sagaParticipant.provide({
    guards: {
      isPerformed: ({ context, event }) =>
        'key' in event &&
        (event.type === 'COMPENSATE' && context.performed > 0
          ? event.key in context.entries
          : context.entries[event.key] === 'performed'),
    },
  }),
};

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

export const forgetful = {
  logic: resumable as AnyStateMachine,
  durable: {
    save: ({ context }: { context: SagaContext }): SagaContext => ({ ...context, pending: [] }),
    load: (input: SagaInput, kept: SagaContext): Restarted => ({ ...input, kept }),
  },
};
