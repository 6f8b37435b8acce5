import type { Backoff } from './backoff.ts';
import type { Condition } from './condition.ts';
import type { Fault } from './fault.ts';
import type { Variables } from './template.ts';
import type { Ask } from './vocabulary.ts';

export interface WorkflowStep {
  readonly id: string;
  /** Name of the service that performs the step, and what it is asked to do. */
  readonly service: string;
  readonly action: string;
  /** May hold templates such as `{{order_id}}`. Default `{}`. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Steps that may start when this one has ended; several run in parallel. */
  readonly next?: readonly string[];
  /** The step is skipped when this does not hold; a skipped step counts as ended. */
  readonly when?: Condition;
  /** How often and how far apart a step with a retryable error is tried. Default one attempt; the first counts. */
  readonly retry?: { readonly maxAttempts: number } & Partial<Backoff>;
  /** Milliseconds the performing actor may take; handed to it, since it owns the attempt. */
  readonly timeout?: number;
}

export interface WorkflowDefinition {
  readonly id: string;
  readonly steps: readonly WorkflowStep[];
  readonly variables?: Variables;
}

export interface WorkflowInput {
  readonly definition: WorkflowDefinition;
  /** Names this run in what it emits and asks. Default the id of the definition. */
  readonly id?: string;
  /** Added to the variables of the definition, and win over them. */
  readonly variables?: Variables;
}

/** Where a step stands. `pending` waits for its predecessors, `retrying` for its backoff. */
export interface StepProgress {
  readonly status: 'pending' | 'running' | 'retrying' | 'completed' | 'failed' | 'skipped';
  readonly attempt: number;
}

/** One attempt at a step, or its skipping. */
export interface WorkflowRecord {
  readonly step: string;
  readonly service: string;
  readonly status: 'running' | 'completed' | 'failed' | 'skipped';
  readonly attempt: number;
  readonly input: unknown;
  readonly output?: unknown;
  readonly error?: Fault;
}

export interface WorkflowContext {
  readonly workflow: string;
  readonly steps: readonly WorkflowStep[];
  readonly variables: Variables;
  readonly progress: Readonly<Record<string, StepProgress>>;
  readonly history: readonly WorkflowRecord[];
  /** Of the step that failed first. */
  readonly error: Fault | null;
}

export type WorkflowState = 'running' | 'paused' | 'failing' | 'completed' | 'failed' | 'cancelled';

export type WorkflowEvent =
  | { readonly type: 'PAUSE' }
  | { readonly type: 'RESUME' }
  | { readonly type: 'CANCEL' }
  /** Sent by the workflow to itself after a backoff. */
  | { readonly type: 'STEP_RETRY'; readonly step: string; readonly attempt: number }
  | ({ readonly type: 'STATUS' } & Ask);

/** The answer to STATUS. */
export interface WorkflowStatus {
  readonly type: 'WORKFLOW_STATUS';
  readonly workflow: string;
  readonly state: WorkflowState;
  readonly running: readonly string[];
  readonly variables: Variables;
  readonly history: readonly WorkflowRecord[];
}

export interface WorkflowEmitted {
  readonly type:
    | 'workflow.started'
    | 'workflow.step.started'
    | 'workflow.step.completed'
    | 'workflow.step.failed'
    | 'workflow.step.skipped'
    | 'workflow.completed'
    | 'workflow.failed'
    | 'workflow.cancelled';
  readonly workflow: string;
  /** The step the event is about, where it is about one. */
  readonly step?: string;
}

export interface WorkflowOutput {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly variables: Variables;
  readonly history: readonly WorkflowRecord[];
  readonly error?: Fault;
}

/** What the actor `perform` is given; templates are filled in. */
export interface StepInput {
  readonly workflow: string;
  readonly step: string;
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  readonly attempt: number;
  readonly timeout?: number;
}
