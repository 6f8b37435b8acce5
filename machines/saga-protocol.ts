import type { Backoff } from './backoff.ts';
import type { Fault } from './fault.ts';
import type { Ask } from './vocabulary.ts';

export interface SagaStep {
  readonly name: string;
  /** False for a step with nothing to undo (a query). Default true. */
  readonly compensable?: boolean;
  /** Attempts to perform it; the first call counts. Default 3. */
  readonly maxAttempts?: number;
  /** Attempts to compensate it before the saga is stuck; the first call counts. Default 10. */
  readonly compensationMaxAttempts?: number;
}

export interface SagaInput {
  readonly id: string;
  /** At least one, names unique. */
  readonly steps: readonly SagaStep[];
  /** What every step is given; must be serialisable. */
  readonly data?: unknown;
  /** The wait between attempts, forwards and backwards. */
  readonly backoff?: Partial<Backoff>;
}

export type SagaPhase = 'perform' | 'compensate';

/**
 * One attempt that ended. `unknown`: it may or may not have taken effect (a retryable error, or cancelled while in
 * flight); `failed`: it was definitely refused.
 */
export interface SagaRecord {
  readonly step: string;
  readonly phase: SagaPhase;
  readonly status: 'completed' | 'failed' | 'unknown';
  readonly attempt: number;
  readonly error?: Fault;
}

export interface SagaContext {
  readonly saga: string;
  readonly steps: readonly Required<SagaStep>[];
  readonly data: unknown;
  readonly backoff: Backoff;
  /** Index of the step that is performed now. */
  readonly position: number;
  /** The attempt under way, at performing or at compensating; 1 is the first. */
  readonly attempt: number;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** Names of the steps still to compensate, next one first. */
  readonly pending: readonly string[];
  /** Why the saga did not complete. */
  readonly error: Fault | null;
  readonly history: readonly SagaRecord[];
}

export type SagaState =
  | 'performing'
  | 'retrying'
  | 'compensating'
  | 'compensationRetrying'
  | 'stuck'
  | 'completed'
  | 'compensated'
  | 'abandoned';

export type SagaEvent =
  | { readonly type: 'CANCEL' }
  | { readonly type: 'RETRY' }
  | { readonly type: 'ABANDON' }
  | ({ readonly type: 'STATUS' } & Ask);

/** The answer to STATUS. */
export interface SagaStatus {
  readonly type: 'SAGA_STATUS';
  readonly saga: string;
  readonly state: SagaState;
  readonly history: readonly SagaRecord[];
  readonly error?: Fault;
}

export interface SagaEmitted {
  readonly type:
    | 'saga.started'
    | 'saga.step.completed'
    | 'saga.step.failed'
    | 'saga.compensating'
    | 'saga.step.compensated'
    | 'saga.completed'
    | 'saga.compensated'
    | 'saga.stuck'
    | 'saga.abandoned';
  readonly saga: string;
  /** The step the event is about, where it is about one. */
  readonly step?: string;
}

export interface SagaOutput {
  readonly status: 'completed' | 'compensated' | 'abandoned';
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly error?: Fault;
  readonly history: readonly SagaRecord[];
}

/** What the actor `perform` is given; its output is kept under the name of the step. */
export interface PerformInput {
  readonly saga: string;
  readonly step: string;
  readonly data: unknown;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly attempt: number;
}

/**
 * What the actor `compensate` is given. It must be idempotent, and do nothing for a step that never happened: `output`
 * is undefined when the outcome of the step is unknown.
 */
export interface CompensateInput {
  readonly saga: string;
  readonly step: string;
  readonly data: unknown;
  readonly output: unknown;
  readonly attempt: number;
}
