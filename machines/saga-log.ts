import { backoff } from './backoff.ts';
import { count, label } from './check.ts';
import { failure, toFault, type Fault } from './fault.ts';
import type {
  CompensateInput,
  PerformInput,
  SagaContext,
  SagaInput,
  SagaPhase,
  SagaRecord,
  SagaStep,
} from './saga-protocol.ts';

const step = (given: SagaStep): Required<SagaStep> => ({
  name: label('saga', 'step name', given.name),
  compensable: given.compensable ?? true,
  maxAttempts: count('saga', `maxAttempts of '${given.name}'`, given.maxAttempts ?? 3),
  compensationMaxAttempts: count(
    'saga',
    `compensationMaxAttempts of '${given.name}'`,
    given.compensationMaxAttempts ?? 10,
  ),
});

/** The context a saga starts with. Throws `INVALID_OPTION`: no id, no steps, a name twice, a bad count. */
export const begin = (input: SagaInput): SagaContext => {
  const steps = input.steps.map(step);
  const names = new Set(steps.map(({ name }) => name));
  if (steps.length === 0 || names.size < steps.length) {
    const list = steps.map(({ name }) => name).join(', ');
    throw failure(
      'INVALID_OPTION',
      `saga '${input.id}' has steps [${list}]; give at least one, every name once.`,
    );
  }
  return {
    saga: label('saga', 'id', input.id),
    steps,
    data: input.data,
    backoff: backoff('saga', input.backoff),
    position: 0,
    attempt: 1,
    outputs: {},
    pending: [],
    error: null,
    history: [],
  };
};

/** The step under way: forwards the one at the position, backwards the next one to compensate. */
export const current = ({ steps, position, pending }: SagaContext, phase: SagaPhase): Required<SagaStep> => {
  const name = phase === 'perform' ? steps[position]?.name : pending[0];
  const found = steps.find((candidate) => candidate.name === name);
  if (found === undefined)
    throw failure('INVALID_STATE', `saga: no step to ${phase} at position ${position}.`);
  return found;
};

/** A definite refusal leaves nothing behind; after any other end the step itself may have happened. */
export type Doubt = 'refused' | 'unknown';

/**
 * The steps to undo, last one first (Garcia-Molina & Salem 1987: C_j ... C_1). The step under way is among them when
 * its outcome is unknown: leaving it out would lose an effect that took place without an answer.
 */
export const toUndo = ({ steps, position }: SagaContext, doubt: Doubt): string[] =>
  steps
    .slice(0, doubt === 'unknown' ? position + 1 : position)
    .filter(({ compensable }) => compensable)
    .map(({ name }) => name)
    .reverse();

export const write = (
  context: SagaContext,
  phase: SagaPhase,
  status: SagaRecord['status'],
  error?: Fault,
): SagaRecord[] => [
  ...context.history,
  {
    step: current(context, phase).name,
    phase,
    status,
    attempt: context.attempt,
    ...(error === undefined ? {} : { error }),
  },
];

/** The error of the event that ended an attempt; cancelling ends it without one. */
export const faultOf = (event: { readonly type: string }): Fault =>
  'error' in event
    ? toFault(event.error)
    : toFault(failure('CANCELLED', 'The saga was cancelled while the outcome of this step was open.'));

export const performInput = (context: SagaContext): PerformInput => ({
  saga: context.saga,
  step: current(context, 'perform').name,
  data: context.data,
  outputs: context.outputs,
  attempt: context.attempt,
});

export const compensateInput = (context: SagaContext): CompensateInput => {
  const { name } = current(context, 'compensate');
  return {
    saga: context.saga,
    step: name,
    data: context.data,
    output: Object.hasOwn(context.outputs, name) ? context.outputs[name] : undefined,
    attempt: context.attempt,
  };
};
