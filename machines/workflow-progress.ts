import { backoff, delayAfter } from './backoff.ts';
import { holds } from './condition.ts';
import { failure, toFault, type Fault } from './fault.ts';
import { render, type Variables } from './template.ts';
import { predecessors, validDefinition } from './workflow-definition.ts';
import type {
  StepInput,
  StepProgress,
  WorkflowContext,
  WorkflowInput,
  WorkflowRecord,
  WorkflowStep,
} from './workflow-protocol.ts';

/** The id of the child that performs a step: its index, so that event types stay bounded by the longest workflow. */
export type StepId = `step.${number}`;

/** The context a run starts with. Throws `INVALID_OPTION` with all problems of the definition. */
export const begin = ({ definition, id, variables }: WorkflowInput): WorkflowContext => {
  const { steps } = validDefinition(definition);
  return {
    workflow: id ?? definition.id,
    steps,
    variables: { ...definition.variables, ...variables },
    progress: Object.fromEntries(steps.map((step) => [step.id, { status: 'pending', attempt: 1 }])),
    history: [],
    error: null,
  };
};

const stands = ({ progress }: WorkflowContext, id: string): StepProgress => {
  const found = progress[id];
  if (found === undefined) throw failure('INVALID_STATE', `workflow: there is no step '${id}'.`);
  return found;
};

const hasEnded = (context: WorkflowContext, id: string): boolean =>
  ['completed', 'skipped'].includes(stands(context, id).status);

export const withStatus = (
  { steps, progress }: WorkflowContext,
  ...statuses: readonly StepProgress['status'][]
): string[] =>
  steps.map(({ id }) => id).filter((id) => statuses.some((status) => progress[id]?.status === status));

/** Steps that wait for nothing any more. Joins need all predecessors, and a skipped one has ended, too. */
export const ready = (context: WorkflowContext): WorkflowStep[] =>
  context.steps.filter(
    ({ id }) =>
      stands(context, id).status === 'pending' &&
      predecessors(context.steps, id).every((before) => hasEnded(context, before)),
  );

type Ending = Omit<WorkflowRecord, 'step' | 'service' | 'attempt'>;

/** One record per attempt: an attempt that ends replaces the record of its start, in place. */
const mark = (
  context: WorkflowContext,
  { id, service }: WorkflowStep,
  status: StepProgress['status'],
  ending: Ending,
): WorkflowContext => {
  const { attempt } = stands(context, id);
  const record: WorkflowRecord = { step: id, service, attempt, ...ending };
  const at = context.history.findIndex((entry) => entry.step === id && entry.attempt === attempt);
  return {
    ...context,
    progress: { ...context.progress, [id]: { status, attempt } },
    history: at < 0 ? [...context.history, record] : context.history.with(at, record),
  };
};

/** The input of the attempt under way, as it was rendered when the attempt started. */
const inputOf = ({ history }: WorkflowContext, { id }: WorkflowStep): unknown =>
  history.findLast(({ step }) => step === id)?.input;

const fail = (
  context: WorkflowContext,
  step: WorkflowStep,
  error: Fault,
  input: unknown,
): WorkflowContext => ({
  ...mark(context, step, 'failed', { status: 'failed', input, error }),
  error: context.error ?? error,
});

/** The step as it begins: running, skipped, or failed because its input or condition cannot be worked out. */
export const start = (context: WorkflowContext, step: WorkflowStep): WorkflowContext => {
  const template = step.input ?? {};
  try {
    if (step.when !== undefined && !holds(step.when, context.variables)) {
      return mark(context, step, 'skipped', { status: 'skipped', input: template });
    }
    return mark(context, step, 'running', { status: 'running', input: render(template, context.variables) });
  } catch (error) {
    return fail(context, step, toFault(error), template);
  }
};

/** What a step's actor is given. */
export const stepInput = (context: WorkflowContext, step: WorkflowStep): StepInput => ({
  workflow: context.workflow,
  step: step.id,
  service: step.service,
  action: step.action,
  input: inputOf(context, step),
  attempt: stands(context, step.id).attempt,
  ...(step.timeout === undefined ? {} : { timeout: step.timeout }),
});

/** An object adds its own keys to the variables; any other value is kept under the id of the step. */
const merged = (variables: Variables, { id }: WorkflowStep, output: unknown): Variables => {
  if (output === undefined) return variables;
  const isRecord = typeof output === 'object' && output !== null && !Array.isArray(output);
  return isRecord ? { ...variables, ...output } : { ...variables, [id]: output };
};

export const complete = (context: WorkflowContext, step: WorkflowStep, output: unknown): WorkflowContext => ({
  ...mark(context, step, 'completed', {
    status: 'completed',
    input: inputOf(context, step),
    ...(output === undefined ? {} : { output }),
  }),
  variables: merged(context.variables, step, output),
});

/** An attempt that failed: the step waits for its next attempt, or has failed for good. */
export const reject = (context: WorkflowContext, step: WorkflowStep, error: Fault): WorkflowContext => {
  const input = inputOf(context, step);
  const again = error.retryable && stands(context, step.id).attempt < (step.retry?.maxAttempts ?? 1);
  return again
    ? mark(context, step, 'retrying', { status: 'failed', input, error })
    : fail(context, step, error, input);
};

/** Milliseconds until a retrying step is tried again. */
export const retryDelay = (context: WorkflowContext, { id, retry }: WorkflowStep): number =>
  delayAfter(backoff(`step '${id}'`, retry), stands(context, id).attempt);

/** Is this the backoff the step waits for? A timer of an earlier attempt must not shorten a later wait. */
export const awaits = (context: WorkflowContext, id: string, attempt: number): boolean => {
  const progress = context.progress[id];
  return progress?.status === 'retrying' && progress.attempt === attempt;
};

export const tryAgain = (context: WorkflowContext, id: string): WorkflowContext['progress'] => ({
  ...context.progress,
  [id]: { status: 'pending', attempt: stands(context, id).attempt + 1 },
});

/** The run as CANCEL leaves it: what was under way is recorded as failed, its real outcome unknown. */
export const cancel = (context: WorkflowContext): WorkflowContext => {
  const error = toFault(failure('CANCELLED', 'The workflow was cancelled while this step was running.'));
  return context.steps
    .filter(({ id }) => stands(context, id).status === 'running')
    .reduce(
      (before, step) =>
        mark(before, step, 'failed', { status: 'failed', input: inputOf(before, step), error }),
      context,
    );
};
