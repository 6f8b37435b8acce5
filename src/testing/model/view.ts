import type { EventObject } from 'xstate';

/** A message under way. */
export interface Sent {
  readonly from: string;
  readonly to: string;
  readonly event: EventObject;
}

/** What properties see of an actor: XState's snapshot as far as it is plain, and whether it lives. */
export interface ActorView {
  readonly name: string;
  readonly status: 'active' | 'done' | 'error' | 'stopped' | 'crashed';
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a property knows the chart it looks at
  readonly value: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  readonly context: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  readonly output: any;
  readonly error: unknown;
  /** Ids of its children that are at work. */
  readonly children: readonly string[];
  /** Ids of its timers that run. */
  readonly timers: readonly string[];
  matches(value: unknown): boolean;
  hasTag(tag: string): boolean;
}

/** What properties see of a system. */
export interface SystemState {
  readonly actors: Readonly<Record<string, ActorView>>;
  /** Messages under way; for the set kinds every message that is there. */
  readonly network: readonly Sent[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the system's own ledger keeps
  readonly history: any;
  /** One side of the split network; undefined while it is whole. */
  readonly partition: readonly string[] | undefined;
}
