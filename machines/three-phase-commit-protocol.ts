import type { Ask } from './vocabulary.ts';

export interface ThreePhaseCoordinatorInput {
  /** Id of the transaction. */
  readonly transaction: string;
  /** The address of this coordinator. */
  readonly coordinator: string;
  /** Addresses of the participants: at least one, each once. */
  readonly participants: readonly string[];
  /** How long to wait for votes or acknowledgements, ms: longer than a message and its answer ever take. Default 10,000. */
  readonly patience?: number;
}

export interface ThreePhaseParticipantInput extends ThreePhaseCoordinatorInput {
  /** The address of this participant. */
  readonly participant: string;
}

/** What participants and coordinator say to each other. `from` is where the answer goes. */
export type ThreePhaseMessage =
  | { readonly type: 'PREPARED' | 'REFUSED'; readonly from: string }
  /** All have prepared: nobody may abort any more without asking the others. */
  | { readonly type: 'PRECOMMIT'; readonly from: string }
  /** PRECOMMIT has been followed. */
  | { readonly type: 'ACK'; readonly from: string }
  /** Does anybody know more than that it has prepared itself? */
  | { readonly type: 'INQUIRE'; readonly from: string }
  /** No. Whoever does know more answers with PRECOMMIT, COMMIT or ABORT. */
  | { readonly type: 'UNCERTAIN'; readonly from: string }
  | { readonly type: 'COMMIT' | 'ABORT' };

export type ThreePhaseCoordinatorEvent =
  | ThreePhaseMessage
  /** The application wants it no more. */
  | { readonly type: 'CANCEL' }
  | ({ readonly type: 'STATUS' } & Ask);

export type ThreePhaseParticipantEvent = ThreePhaseMessage | ({ readonly type: 'STATUS' } & Ask);

export interface ThreePhaseCoordinatorContext {
  readonly transaction: string;
  /** The address of this actor. */
  readonly self: string;
  readonly patience: number;
  /** By address of everybody else: has the answer come that is waited for? */
  readonly answers: Readonly<Record<string, boolean>>;
}

export interface ThreePhaseParticipantContext extends ThreePhaseCoordinatorContext {
  readonly coordinator: string;
}
