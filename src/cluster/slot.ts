import type { Keeper } from '../actor/keeper.ts';
import type { Receiver } from '../actor/turns.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Place } from './grid.ts';

/** A question that goes the way of messages: has what `origin` sent before it been taken? */
export interface Flush extends Place {
  readonly origin: string;
  readonly number: number;
}

/** Somebody who wants to see an actor where it lives, not where it is about to leave or to come. */
export interface Visit {
  readonly id: string;
  here(): void;
  /** It lives elsewhere. */
  gone(): void;
}

/** What comes for a slot, in order. `via`: the node that forwarded it. */
export type Item =
  | { readonly kind: 'message'; readonly envelope: Envelope; readonly via: string | undefined }
  | { readonly kind: 'flush'; readonly flush: Flush; readonly via: string | undefined }
  | { readonly kind: 'visit'; readonly visit: Visit; readonly via: undefined };

/**
 * - `away`: nothing of it is here; what comes is forwarded;
 * - `waiting`: other nodes still finish what they have of it; what comes waits, to be handled here or to be forwarded;
 * - `held`: ours; what comes is handled;
 * - `guest`: not ours, but what was forwarded to us is handled here all the same; what comes from its sender waits;
 * - `releasing`: our actors finish; what comes waits.
 */
export type Phase = 'away' | 'waiting' | 'held' | 'guest' | 'releasing';

/** One shard of one kind, as this node has to do with it. The receiver of all its messages: their turns are counted. */
export class Slot implements Place, Receiver {
  readonly kind: string;
  readonly shard: number;
  phase: Phase = 'away';
  waiting = 0;
  /** What came while it could neither be handled nor forwarded. */
  queue: Item[] = [];
  /** Messages in the queue. */
  queued = 0;
  /** Nodes that still finish what they have of it, and by which number they were asked. */
  readonly awaited = new Set<string>();
  asked = 0;
  /** All nodes that were asked since then: none is asked twice. */
  readonly known = new Set<string>();
  /** Who has it from us, as far as we know. */
  heir: string | undefined;
  /** Nodes that something was forwarded to which may not have been handled yet. */
  readonly sentTo = new Set<string>();
  /** Nodes that asked us to let go, with their numbers. */
  readonly wanted = new Map<string, number>();
  readonly #keeper: () => Keeper;

  constructor({ kind, shard }: Place, keeper: () => Keeper) {
    this.kind = kind;
    this.shard = shard;
    this.#keeper = keeper;
  }

  handle(envelope: Envelope): boolean {
    return this.#keeper().receiver(envelope.to).handle(envelope);
  }

  /** Let something wait; messages are counted. */
  add(item: Item): void {
    this.queue.push(item);
    if (item.kind === 'message') this.queued++;
  }

  /** Take out what waits and is chosen; all of it by default. */
  empty(isChosen: (item: Item) => boolean = () => true): readonly Item[] {
    const chosen: Item[] = [];
    const left: Item[] = [];
    for (const item of this.queue) (isChosen(item) ? chosen : left).push(item);
    this.queue = left;
    this.queued = left.filter(({ kind }) => kind === 'message').length;
    return chosen;
  }
}
