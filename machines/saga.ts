/**
 * An orchestrated saga (Garcia-Molina & Salem 1987; seed 002 section 5): performs steps one after another; when it
 * cannot go on it compensates what happened, last step first (as Temporal's saga helper does).
 *
 * | event              | in                   | does                                                        |
 * |--------------------|----------------------|-------------------------------------------------------------|
 * | CANCEL             | performing, retrying | compensates; the step under way counts as "may have happened" |
 * | RETRY              | stuck                | tries the compensation again, attempts start over           |
 * | ABANDON            | stuck                | gives up; what is not compensated stays in the history      |
 * | STATUS {replyTo?}  | every state          | SAGA_STATUS {state, history, error?}                        |
 *
 * Actors: `perform` (PerformInput) returns the output of a step, `compensate` (CompensateInput) undoes it. An error with
 * `retryable === true` is tried again after a backoff; when the attempts run out nobody knows whether the step happened,
 * so it is compensated as well. Any other error is a definite refusal: only the earlier steps are compensated.
 * A compensation that cannot succeed makes the saga `stuck`, which is not final: a person decides.
 */
import { assertEvent, assign, emit, setup, type DoneActorEvent, type ErrorActorEvent } from 'xstate';
import { delayAfter } from './backoff.ts';
import {
  begin,
  compensateInput,
  current,
  faultOf,
  performInput,
  toUndo,
  write,
  type Doubt,
} from './saga-log.ts';
import type {
  CompensateInput,
  PerformInput,
  SagaContext,
  SagaEmitted,
  SagaEvent,
  SagaInput,
  SagaOutput,
  SagaPhase,
  SagaState,
  SagaStatus,
} from './saga-protocol.ts';
import { bounded, notProvided, tell, typed } from './vocabulary.ts';

type WorkId = 'perform' | 'compensate';
type Received = SagaEvent | DoneActorEvent<unknown, WorkId> | ErrorActorEvent<unknown, WorkId>;

const mayRetry = (context: SagaContext, event: Received, phase: SagaPhase): boolean => {
  const { maxAttempts, compensationMaxAttempts } = current(context, phase);
  const most = phase === 'perform' ? maxAttempts : compensationMaxAttempts;
  return faultOf(event).retryable && context.attempt < most;
};

const base = setup({
  types: typed<{
    context: SagaContext;
    events: Received;
    input: SagaInput;
    output: SagaOutput;
    emitted: SagaEmitted;
    tags: 'forward' | 'backward' | 'needsOperator';
  }>(),
  actors: {
    perform: notProvided<unknown, PerformInput>('perform'),
    compensate: notProvided<unknown, CompensateInput>('compensate'),
  },
  actions: {
    tell,
    keepOutput: assign(({ context, event }) => ({
      history: write(context, 'perform', 'completed'),
      outputs: {
        ...context.outputs,
        [current(context, 'perform').name]: 'output' in event ? event.output : undefined,
      },
    })),
    nextStep: assign(({ context }) => ({ position: context.position + 1, attempt: 1 })),
    nextAttempt: assign(({ context }) => ({ attempt: context.attempt + 1 })),
    firstAttempt: assign({ attempt: 1 }),
    recordFailure: assign(({ context, event }, { phase }: { phase: SagaPhase }) => {
      const fault = faultOf(event);
      return { history: write(context, phase, fault.retryable ? 'unknown' : 'failed', fault) };
    }),
    recordCancel: assign(({ context, event }) => ({
      history: write(context, 'perform', 'unknown', faultOf(event)),
    })),
    turnBack: assign(({ context, event }, { doubt }: { doubt: Doubt }) => ({
      pending: toUndo(context, doubt),
      error: faultOf(event),
      attempt: 1,
    })),
    keepCompensation: assign(({ context }) => ({
      history: write(context, 'compensate', 'completed'),
      pending: context.pending.slice(1),
      attempt: 1,
    })),
    publish: emit(({ context }, params: Pick<SagaEmitted, 'type'>) => ({
      type: params.type,
      saga: context.saga,
    })),
    publishStep: emit(({ context }, params: Pick<SagaEmitted, 'type'> & { phase: SagaPhase }) => ({
      type: params.type,
      saga: context.saga,
      step: current(context, params.phase).name,
    })),
  },
  guards: {
    isLastStep: ({ context }) => context.position === context.steps.length - 1,
    mayRetry: ({ context, event }, { phase }: { phase: SagaPhase }) => mayRetry(context, event, phase),
    isRetryable: ({ event }) => faultOf(event).retryable,
    isUndone: ({ context }) => context.pending.length === 0,
  },
  delays: {
    backoff: ({ context }) => delayAfter(context.backoff, context.attempt),
  },
});

const status = (state: SagaState) =>
  ({
    actions: {
      type: 'tell',
      params: ({ context, event }: { context: SagaContext; event: Received }) => {
        assertEvent(event, 'STATUS');
        const { saga, history, error } = context;
        const reply: SagaStatus = {
          type: 'SAGA_STATUS',
          saga,
          state,
          history,
          ...(error === null ? {} : { error }),
        };
        return { to: event.replyTo, event: reply };
      },
    },
  }) as const;

const publish = <Type extends SagaEmitted['type']>(type: Type) =>
  ({ type: 'publish', params: { type } }) as const;

const publishStep = <Type extends SagaEmitted['type']>(type: Type, phase: SagaPhase) =>
  ({ type: 'publishStep', params: { type, phase } }) as const;

const recordFailure = (phase: SagaPhase) => ({ type: 'recordFailure', params: { phase } }) as const;

const turnBack = (doubt: Doubt) =>
  [{ type: 'turnBack', params: { doubt } }, publish('saga.compensating')] as const;

const forward = {
  performing: base.createStateConfig({
    tags: 'forward',
    invoke: {
      src: 'perform',
      id: 'perform',
      input: ({ context }) => performInput(context),
      onDone: [
        {
          guard: 'isLastStep',
          target: 'completed',
          actions: ['keepOutput', publishStep('saga.step.completed', 'perform')],
        },
        {
          target: 'performing',
          reenter: true,
          actions: ['keepOutput', publishStep('saga.step.completed', 'perform'), 'nextStep'],
        },
      ],
      onError: [
        {
          guard: { type: 'mayRetry', params: { phase: 'perform' } },
          target: 'retrying',
          actions: recordFailure('perform'),
        },
        {
          guard: 'isRetryable',
          target: 'unwinding',
          actions: [
            recordFailure('perform'),
            publishStep('saga.step.failed', 'perform'),
            ...turnBack('unknown'),
          ],
        },
        {
          target: 'unwinding',
          actions: [
            recordFailure('perform'),
            publishStep('saga.step.failed', 'perform'),
            ...turnBack('refused'),
          ],
        },
      ],
    },
    on: {
      STATUS: status('performing'),
      CANCEL: { target: 'unwinding', actions: ['recordCancel', ...turnBack('unknown')] },
    },
  }),
  retrying: base.createStateConfig({
    tags: 'forward',
    after: { backoff: { target: 'performing', actions: 'nextAttempt' } },
    on: {
      STATUS: status('retrying'),
      CANCEL: { target: 'unwinding', actions: turnBack('unknown') },
    },
  }),
};

const backward = {
  /** Passed through before each compensation: an invoked actor must not start when nothing is left to undo. */
  unwinding: base.createStateConfig({
    tags: 'backward',
    always: [{ guard: 'isUndone', target: 'compensated' }, { target: 'compensating' }],
  }),
  compensating: base.createStateConfig({
    tags: 'backward',
    invoke: {
      src: 'compensate',
      id: 'compensate',
      input: ({ context }) => compensateInput(context),
      onDone: {
        target: 'unwinding',
        actions: [publishStep('saga.step.compensated', 'compensate'), 'keepCompensation'],
      },
      onError: [
        {
          guard: { type: 'mayRetry', params: { phase: 'compensate' } },
          target: 'compensationRetrying',
          actions: recordFailure('compensate'),
        },
        { target: 'stuck', actions: recordFailure('compensate') },
      ],
    },
    on: { STATUS: status('compensating') },
  }),
  compensationRetrying: base.createStateConfig({
    tags: 'backward',
    after: { backoff: { target: 'compensating', actions: 'nextAttempt' } },
    on: { STATUS: status('compensationRetrying') },
  }),
  stuck: base.createStateConfig({
    tags: ['backward', 'needsOperator'],
    entry: publish('saga.stuck'),
    on: {
      STATUS: status('stuck'),
      RETRY: { target: 'compensating', actions: 'firstAttempt' },
      ABANDON: 'abandoned',
    },
  }),
};

const ends = {
  completed: base.createStateConfig({ type: 'final', entry: publish('saga.completed') }),
  compensated: base.createStateConfig({ type: 'final', entry: publish('saga.compensated') }),
  abandoned: base.createStateConfig({ type: 'final', entry: publish('saga.abandoned') }),
};

/** See the header of the file. Throws `INVALID_OPTION` on a saga without id or steps, or with a name twice. */
export const saga = base.createMachine({
  id: 'saga',
  options: bounded,
  context: ({ input }) => begin(input),
  entry: publish('saga.started'),
  initial: 'performing',
  states: { ...forward, ...backward, ...ends },
  output: ({ context: { error, pending, outputs, history } }) => ({
    status: error === null ? 'completed' : pending.length === 0 ? 'compensated' : 'abandoned',
    outputs,
    history,
    ...(error === null ? {} : { error }),
  }),
});
