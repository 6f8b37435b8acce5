import type { Address } from '../message/address.ts';
import type { Ending } from './host.ts';
import type { Logic } from './logic.ts';
import type { Receiver } from './turns.ts';

/** How an actor left this node: it ended, or it is a virtual actor that lives elsewhere from now on. */
export type Parting = Ending | { readonly reason: 'moved' };

/** Who wants to know of an actor: its snapshots, and how it left (told exactly once). */
export interface Listener {
  readonly next?: (snapshot: object) => void;
  readonly end: (parting: Parting) => void;
}

/** An actor of this node, as those who find, list, watch and stop actors see it: live (cell.ts) or durable (durable/cell/cell.ts). */
export interface Resident extends Receiver {
  readonly id: string;
  readonly address: Address;
  readonly logic: Logic;
  readonly ended: boolean;
  /** Undefined while it waits for a restart, and before it was restored. */
  readonly snapshot: object | undefined;
  /** An actor within it, by the ids from it down. */
  child(path: readonly string[]): Receiver | undefined;
  /** Of a durable actor: what it said under that number was taken, or not (`final`: nor ever will be). */
  confirmed?(number: number, found: boolean, final: boolean, error: unknown): void;
  /** Of a durable actor: what it is made of (durable/cell/persistence.ts: Look), for those who only look. */
  look?(): object | undefined;
  listen(listener: Listener): () => void;
  stop(): void;
}
