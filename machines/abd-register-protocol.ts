import type { ReplicaInput } from './quorum.ts';
import type { RegisterAnswer, RegisterRequest, RegisterValue } from './register-client.ts';

/** The age of a value: the higher clock is newer, at the same clock the greater name. No two writes have the same. */
export interface Timestamp {
  readonly clock: number;
  readonly server: string;
}

export interface Versioned {
  readonly timestamp: Timestamp;
  readonly value: RegisterValue;
}

export type AbdMessage =
  /** Phase 1: which value have you? `request` is that of the client. */
  | { readonly type: 'QUERY'; readonly from: string; readonly request: string }
  | ({ readonly type: 'VALUE'; readonly from: string; readonly request: string } & Versioned)
  /** Phase 2: keep this, unless you have a newer one. */
  | ({ readonly type: 'RECORD'; readonly from: string; readonly request: string } & Versioned)
  | { readonly type: 'RECORDED'; readonly from: string; readonly request: string };

export type AbdEvent = AbdMessage | RegisterRequest;

/** What a replica must not forget, whatever happens to it. */
export interface AbdInput extends ReplicaInput {
  /** How long it waits for a majority before it asks the same again, ms. Default 1000. */
  readonly patience?: number;
  /** The value it had when it died. Default: none, older than every write. */
  readonly memory?: Versioned;
  /**
   * When a read spares itself the second phase: `never` (default), or `agreed`, if a majority has the very same value, so that every later
   * majority has a replica that knows it.
   */
  readonly fastRead?: 'never' | 'agreed';
}

export interface AbdContext extends Versioned, Required<Omit<AbdInput, 'memory'>> {
  /** The call under way in phase 1. */
  readonly call: RegisterRequest | null;
  /** What the replicas have, by name: phase 1. */
  readonly values: Readonly<Record<string, Versioned>>;
  /** What the client is told when phase 2 is over. */
  readonly answer: { readonly to: string; readonly event: RegisterAnswer } | null;
  /** Who has recorded the value, sorted: phase 2. */
  readonly recorded: readonly string[];
  /** Calls that wait for the one under way, the oldest first. */
  readonly waiting: readonly RegisterRequest[];
}
