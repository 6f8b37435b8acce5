import { backoff } from './backoff.ts';
import { count, duration } from './check.ts';
import { failure, toFault } from './fault.ts';
import type { WorkflowDefinition, WorkflowStep } from './workflow-protocol.ts';

/** What is wrong with a definition, and at which step. */
export interface WorkflowProblem {
  readonly code: 'NO_STEPS' | 'DUPLICATE_STEP' | 'UNKNOWN_NEXT' | 'CYCLE' | 'NO_START' | 'INVALID_OPTION';
  readonly step?: string;
  readonly message: string;
}

type Steps = readonly WorkflowStep[];

const duplicates = (steps: Steps): WorkflowProblem[] =>
  steps
    .filter(({ id }, index) => steps.findIndex((other) => other.id === id) !== index)
    .map(({ id }) => ({
      code: 'DUPLICATE_STEP',
      step: id,
      message: `Two steps are called '${id}'; give every step its own id.`,
    }));

const dangling = (steps: Steps): WorkflowProblem[] => {
  const known = new Set(steps.map(({ id }) => id));
  return steps.flatMap(({ id, next = [] }) =>
    next
      .filter((target) => !known.has(target))
      .map((target) => ({
        code: 'UNKNOWN_NEXT',
        step: id,
        message: `Step '${id}' goes on to '${target}', which does not exist.`,
      })),
  );
};

/** Ids of the steps that must have ended before this one. */
export const predecessors = (steps: Steps, id: string): string[] =>
  steps.filter(({ next = [] }) => next.includes(id)).map((step) => step.id);

const unstarted = (steps: Steps): WorkflowProblem[] =>
  steps.some(({ id }) => predecessors(steps, id).length === 0)
    ? []
    : [{ code: 'NO_START', message: 'Every step is a successor of another one, so none can start.' }];

/** Removes steps without predecessors until none is left to remove (Kahn 1962); what remains runs in circles. */
const cyclic = (steps: Steps): WorkflowProblem[] => {
  let left = steps;
  for (;;) {
    const rest = left.filter(({ id }) => predecessors(left, id).length > 0);
    if (rest.length === left.length) break;
    left = rest;
  }
  const inCircles = left.filter(({ id }) => reaches(left, id, id));
  const [first] = inCircles;
  if (first === undefined) return [];
  const names = inCircles.map(({ id }) => `'${id}'`).join(', ');
  return [{ code: 'CYCLE', step: first.id, message: `The steps ${names} lead back to themselves.` }];
};

const reaches = (steps: Steps, from: string, to: string): boolean => {
  const seen = new Set<string>();
  const ahead = [from];
  for (let id = ahead.pop(); id !== undefined; id = ahead.pop()) {
    const next = steps.find((step) => step.id === id)?.next ?? [];
    if (next.includes(to)) return true;
    for (const target of next) if (!seen.has(target)) ahead.push(target);
    for (const target of next) seen.add(target);
  }
  return false;
};

const options = ({ id, retry, timeout }: WorkflowStep): WorkflowProblem[] => {
  try {
    if (retry !== undefined) {
      count(`step '${id}'`, 'maxAttempts', retry.maxAttempts);
      backoff(`step '${id}'`, retry);
    }
    if (timeout !== undefined) duration(`step '${id}'`, 'timeout', timeout);
    return [];
  } catch (error) {
    return [{ code: 'INVALID_OPTION', step: id, message: toFault(error).message }];
  }
};

/** Everything that is wrong with a definition, so that it can be shown at once; empty when it can run. */
export const validateWorkflow = ({ steps }: WorkflowDefinition): readonly WorkflowProblem[] => {
  if (steps.length === 0)
    return [{ code: 'NO_STEPS', message: 'The workflow has no steps; give at least one.' }];
  return [
    ...duplicates(steps),
    ...dangling(steps),
    ...unstarted(steps),
    ...cyclic(steps),
    ...steps.flatMap(options),
  ];
};

/** Throws `INVALID_OPTION` with every problem in its message and, as data, in full. */
export const validDefinition = (definition: WorkflowDefinition): WorkflowDefinition => {
  const problems = validateWorkflow(definition);
  if (problems.length === 0) return definition;
  const list = problems.map(({ message }) => message).join(' ');
  throw failure('INVALID_OPTION', `workflow '${definition.id}': ${list}`, { problems });
};
