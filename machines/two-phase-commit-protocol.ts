import type { Ask } from './vocabulary.ts';

/** Whether a transaction takes effect everywhere or nowhere. */
export type Decision = 'commit' | 'abort';

export interface TwoPhaseCoordinatorInput {
  /** Id of the transaction. */
  readonly transaction: string;
  /** Addresses of the participants: at least one, each once. */
  readonly participants: readonly string[];
  /** How long the votes may take before the transaction is aborted, ms. Default 10,000. */
  readonly patience?: number;
  /**
   * For a coordinator that is started again after a crash: what its log says. A log that says nothing means `abort`, as nobody can have
   * been told to commit. Default: a new transaction.
   */
  readonly decision?: Decision | undefined;
}

export interface TwoPhaseCoordinatorContext {
  readonly transaction: string;
  /** By address of a participant: has it prepared? */
  readonly votes: Readonly<Record<string, boolean>>;
  readonly patience: number;
  /** What the coordinator would find in its log after a crash; undefined while there is nothing. */
  readonly decision: Decision | undefined;
}

export type TwoPhaseCoordinatorEvent =
  | { readonly type: 'PREPARED'; readonly participant: string }
  | { readonly type: 'REFUSED'; readonly participant: string }
  /** A participant has prepared, and wants to know what has become of the transaction. */
  | { readonly type: 'INQUIRE'; readonly participant: string }
  /** The application wants it no more. */
  | { readonly type: 'CANCEL' }
  | ({ readonly type: 'STATUS' } & Ask);

/** What the actor `record` is given: that this transaction commits is to be on disk when it is done. */
export interface RecordInput {
  readonly transaction: string;
}

export type ParticipantState = 'working' | 'prepared' | 'committed' | 'aborted';

export interface TwoPhaseParticipantInput {
  readonly transaction: string;
  /** The address of this participant, as the coordinator knows it. */
  readonly participant: string;
  /** The address of the coordinator. */
  readonly coordinator: string;
  /** How long a participant that has prepared waits for the decision before it asks, ms, again and again. Default 1,000. */
  readonly inquireEvery?: number;
  /** Does it tell the coordinator when it cannot prepare? Otherwise the coordinator's patience ends the transaction. Default true. */
  readonly refusesAloud?: boolean;
  /** For a participant that is started again after a crash: what its log says. Default `working`. */
  readonly state?: ParticipantState | undefined;
}

export interface TwoPhaseParticipantContext {
  readonly transaction: string;
  readonly participant: string;
  readonly coordinator: string;
  readonly inquireEvery: number;
  readonly refusesAloud: boolean;
  /** Where it was before a crash, while it starts. */
  readonly recovered: ParticipantState | undefined;
}

export type TwoPhaseParticipantEvent =
  { readonly type: 'COMMIT' } | { readonly type: 'ABORT' } | ({ readonly type: 'STATUS' } & Ask);

/** What the actor `prepare` is given: the work of the transaction is to be done, and durable, when it is done. */
export interface PrepareInput {
  readonly transaction: string;
  readonly participant: string;
}

/** The answer to STATUS of coordinators and participants. */
export interface TransactionStatus {
  readonly type: 'TRANSACTION';
  readonly transaction: string;
  readonly state: string;
}

export interface TransactionEmitted {
  readonly type: 'transaction.committed' | 'transaction.aborted';
  readonly transaction: string;
  /** Who says so: the address of a participant; undefined for the coordinator. */
  readonly participant?: string;
}
