import type { ReplicaInput } from './quorum.ts';
import type { RegisterRequest, RegisterValue } from './register-client.ts';

/** What orders attempts to have a value chosen: the higher round wins, within a round the greater name. */
export interface Ballot {
  readonly round: number;
  /** Whose ballot it is. Answers go to it. */
  readonly server: string;
}

export interface Proposal {
  readonly request: string;
  /** Who is told when it is chosen. */
  readonly client: string;
  readonly value: RegisterValue;
}

/** A vote. */
export interface Accepted {
  readonly ballot: Ballot;
  readonly proposal: Proposal;
}

export type PaxosMessage =
  /** Phase 1a: promise to take part in no lower ballot. */
  | { readonly type: 'PREPARE'; readonly ballot: Ballot }
  /** Phase 1b: the promise, with the last vote. */
  | {
      readonly type: 'PREPARED';
      readonly from: string;
      readonly ballot: Ballot;
      readonly accepted: Accepted | null;
    }
  /** Phase 2a: vote for this. */
  | { readonly type: 'ACCEPT'; readonly ballot: Ballot; readonly proposal: Proposal }
  /** Phase 2b: the vote. */
  | { readonly type: 'ACCEPTED'; readonly from: string; readonly ballot: Ballot }
  | { readonly type: 'DECIDED'; readonly ballot: Ballot; readonly proposal: Proposal };

export type PaxosEvent = PaxosMessage | RegisterRequest;

/** What an acceptor must not forget, whatever happens to it (Lamport 2001, section 2.5). */
export interface PaxosMemory {
  readonly ballot: Ballot;
  readonly accepted: Accepted | null;
}

export interface PaxosInput extends ReplicaInput {
  /**
   * How long it waits for a ballot, its own or another's, before it opens a higher one, ms. Different for each server, so that two
   * of them do not outbid each other for ever. Default 1000.
   */
  readonly patience?: number;
  /** What it had promised and accepted before it died. Default: nothing. */
  readonly memory?: PaxosMemory;
}

/** Who waits for what was decided. */
export interface Reader {
  readonly from: string;
  readonly request: string;
}

export interface PaxosContext extends PaxosMemory, Required<Omit<PaxosInput, 'memory'>> {
  /** What it would have chosen, as leader. */
  readonly proposal: Proposal | null;
  /** The promises for its ballot, by server: each with that server's last vote. */
  readonly prepares: Readonly<Record<string, Accepted | null>>;
  /** Who voted in its ballot, sorted. */
  readonly accepts: readonly string[];
  /** Reads that wait for the decision, the oldest first. */
  readonly readers: readonly Reader[];
}
