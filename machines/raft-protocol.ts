import type { Ask } from './vocabulary.ts';

/** A state machine that is replicated: pure, the same on every server. */
export interface Replicated<State, Command> {
  readonly initial: State;
  /** The state after a command and what its proposer is answered. */
  readonly apply: (state: State, command: Command) => readonly [state: State, result: unknown];
}

/** An entry of the log. `read` and `noop` change nothing. Indexes count from 1, as in the paper. */
export interface RaftEntry {
  readonly term: number;
  readonly kind: 'command' | 'read' | 'noop';
  readonly command?: unknown;
}

/** What has to outlive a crash (figure 2, "persistent state"), and what a server starts again with. */
export interface RaftStored {
  readonly currentTerm: number;
  /** Who got this server's vote in the current term. */
  readonly votedFor: string | null;
  readonly log: readonly RaftEntry[];
}

export interface RaftInput extends Partial<RaftStored> {
  /** The address of this server. */
  readonly name: string;
  /** The addresses of all servers, its own among them or not. */
  readonly servers: readonly string[];
  /**
   * ms without a leader before a follower stands for election; drawn anew in each term from this range. Default 300 to 600;
   * the paper has 150 to 300 in one data centre.
   */
  readonly electionTimeout?: { readonly min: number; readonly max: number };
  /** ms between heartbeats of a leader. Default 50. */
  readonly heartbeat?: number;
  /** Entries that one message carries at most. Default 100. */
  readonly batch?: number;
  /** Does a new leader append a blank entry, so that what earlier terms left behind commits (section 8)? Default true. */
  readonly noop?: boolean;
  /** Sets what the timeouts are drawn from. Default 0: the name and the term decide. */
  readonly seed?: number;
}

export interface RaftContext extends RaftStored {
  readonly name: string;
  /** The other servers. */
  readonly peers: readonly string[];
  readonly electionTimeout: { readonly min: number; readonly max: number };
  readonly heartbeat: number;
  readonly batch: number;
  readonly noop: boolean;
  readonly seed: number;
  /** Who leads the current term, as far as known. */
  readonly leader: string | null;
  /** The highest entry known to be committed; it and all before it are applied to `state`. */
  readonly commitIndex: number;
  readonly state: unknown;
  /** Candidate: who voted for it, in order of name. */
  readonly votes: readonly string[];
  /** Leader: by peer, the entry it is sent next, and the highest it is known to have. */
  readonly next: Readonly<Record<string, number>>;
  readonly match: Readonly<Record<string, number>>;
  /** Leader: by index, who waits for that entry to commit. */
  readonly waiting: Readonly<Record<number, RaftWaiting>>;
}

export interface RaftWaiting extends Ask {
  readonly id: string;
}

/** Between servers: RequestVote and AppendEntries of figure 2 with their results. Every one names the term of its sender. */
export type RaftMessage =
  | {
      readonly type: 'REQUEST_VOTE';
      readonly term: number;
      readonly from: string;
      readonly lastIndex: number;
      readonly lastTerm: number;
    }
  | { readonly type: 'VOTE'; readonly term: number; readonly from: string; readonly granted: boolean }
  | {
      readonly type: 'APPEND';
      readonly term: number;
      readonly from: string;
      readonly prevIndex: number;
      readonly prevTerm: number;
      readonly entries: readonly RaftEntry[];
      readonly commit: number;
    }
  /** `index`: the last entry now known to be the leader's; after a refusal, where the leader should look next. */
  | {
      readonly type: 'APPENDED';
      readonly term: number;
      readonly from: string;
      readonly success: boolean;
      readonly index: number;
    };

/** From clients. `id` comes back in the answer. A proposal sent twice is applied twice: a client that retries puts a key into it. */
export type RaftRequest =
  | ({ readonly type: 'PROPOSE'; readonly id: string; readonly command: unknown } & Ask)
  | ({ readonly type: 'READ'; readonly id: string } & Ask);

export type RaftEvent = RaftMessage | RaftRequest;

export type RaftAnswer =
  /** Committed. `result` is that of the command; for a read, the state. */
  | { readonly type: 'ANSWER'; readonly id: string; readonly index: number; readonly result: unknown }
  /** Not taken. `leader` is whom to ask instead, when this server knows. */
  | { readonly type: 'NOT_LEADER'; readonly id: string; readonly leader: string | null }
  /** Taken by a leader that was replaced: it may or may not be committed later. */
  | { readonly type: 'UNDECIDED'; readonly id: string };

export type RaftEmitted =
  | { readonly type: 'raft.leader'; readonly name: string; readonly term: number }
  /** This server has learnt, in this term, that this entry is committed. */
  | {
      readonly type: 'raft.committed';
      readonly name: string;
      readonly term: number;
      readonly index: number;
      readonly entry: RaftEntry;
    };
