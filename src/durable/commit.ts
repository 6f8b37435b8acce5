import type { WireError } from '../errors.ts';
import type { Path } from '../kernel/effect.ts';
import type { Frozen } from '../kernel/freeze.ts';
import type { Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import type { Taken } from './cell/live.ts';
import type { Patch } from './patch.ts';

/** A deed of an actor that may not have been done yet. `number` is unique to the actor for ever, and rises. */
export type Pending = { readonly number: number } & PendingDeed;

export type PendingDeed =
  | { readonly kind: 'send' | 'reply'; readonly to: Address; readonly event: Message }
  | { readonly kind: 'refuse'; readonly to: Address; readonly error: WireError }
  /** A question; the answer goes to the work of the same number. */
  | { readonly kind: 'ask'; readonly to: Address; readonly event: Message; readonly due: number }
  | { readonly kind: 'emit'; readonly event: Message }
  /** A custom action of the chart, and the event it acts on. */
  | {
      readonly kind: 'action';
      readonly from: Path;
      readonly type: string;
      readonly params: unknown;
      readonly event: Message;
    };

/** Something that is no chart works for the actor: a promise, callback or observable, or an `ask` that waits for its answer. */
export interface Work {
  /** The same after every crash, and of no other work: the idempotency key is made of it (D4). */
  readonly number: number;
  readonly path: Path;
  /** Of an `ask`: when it is given up, ms since the epoch. */
  readonly due?: number;
}

/** What is known of a durable actor besides itself; in memory as it is stored. */
export interface Remembered {
  /** The number of the last deed. */
  readonly deeds: number;
  readonly outbox: readonly Pending[];
  readonly works: readonly Work[];
  /** Of each durable sender, the number of the last of its messages that was taken (D2). */
  readonly taken: Taken;
  /** Idempotency keys of the last messages that had one, oldest first; at most `limits.keys`. */
  readonly keys: readonly string[];
  /** Were senders forgotten because they owed nothing? Then an unknown one is looked up before it is believed. */
  readonly retired: boolean;
}

/** Everything that is known of a durable actor: plain data. */
export interface DurableState extends Remembered {
  readonly actor: Frozen;
}

/** What an actor decided over. */
export type Cause =
  | { readonly kind: 'start'; readonly input: unknown }
  | {
      readonly kind: 'message';
      readonly id: string;
      readonly from?: Address | undefined;
      readonly event: Message;
      /** Whom within the actor it was for; absent: the actor itself. */
      readonly path?: Path;
    }
  | { readonly kind: 'timer'; readonly path: Path; readonly id: string }
  | {
      readonly kind: 'settled';
      readonly path: Path;
      readonly outcome: 'done' | 'error';
      readonly value: unknown;
    }
  /** What a callback of the actor said to it. */
  | { readonly kind: 'event'; readonly path: Path; readonly event: Message };

/** One step of a durable actor, or a batch of them: what is stored (D1). */
export interface Commit {
  /** Unique for ever: an append whose outcome is in doubt is recognised by it. */
  readonly id: string;
  /** 1 for the actor's first. */
  readonly number: number;
  /** ms since the epoch, by the clock of the node that decided. */
  readonly at: number;
  readonly machine: string;
  readonly version: string;
  readonly causes: readonly Cause[];
  /** Of a snapshot. */
  readonly state?: DurableState;
  /** Of a delta: what changed since the commit before. */
  readonly patch?: Patch;
}
