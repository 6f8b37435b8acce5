import type { Receiver } from './turns.ts';

/** Has the virtual actors of one node in its keeping: brings them into memory and lets go of them. Where they live is for cluster/placement.ts to say. */
export interface Keeper {
  /** Kinds of virtual actors this node hosts: the first segment of their ids. */
  readonly kinds: ReadonlySet<string>;
  /** The actor of that id (`kind/key`), activated when it is not in memory. From then on it is in the registry as well. */
  receiver(id: string): Receiver;
  /** It is in memory (active, or on its way out). */
  has(id: string): boolean;
  /**
   * Finish what is under way in these shards of a kind and let go. Those who listen are told that it `moved`.
   * @returns resolves when none of their actors here can commit any more
   */
  release(kind: string, shards: ReadonlySet<number>): Promise<void>;
  /** These shards of a kind are this node's from now on: wake those who want to be woken. */
  acquired(kind: string, shards: ReadonlySet<number>): void;
}
