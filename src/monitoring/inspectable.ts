import type { Logic } from '../actor/logic.ts';
import type { Queues } from '../durable/queue-store.ts';
import type { Address } from '../message/address.ts';
import type { Message } from '../message/envelope.ts';
import type { Clock, Logger } from '../ports.ts';

/** What an inspector needs of the node it looks from, besides what every user has. */
export interface Inspectable {
  readonly node: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Has this node nothing to look at: neither actors, nor services, nor kinds that it hosts? */
  onlyLooks(): boolean;
  /** Is there a way to other nodes just now? */
  isConnected(): boolean;
  /** Of its store: whoever has the system in his hands may do with them what it may. undefined: it has none. */
  queues(): Queues | undefined;
  /** An actor of this node that is neither listed nor looked at. @returns how to end it */
  spawnHidden(id: string, logic: Logic): { readonly address: Address; stop(): void };
  ask(to: Address, event: Message, timeout: number): Promise<Message>;
  tell(to: Address, event: Message): void;
}

const inspectables = new WeakMap<object, Inspectable>();

/** By the system that users hold: what is here is no part of its interface. */
export const inspectableOf = (system: object): Inspectable | undefined => inspectables.get(system);

export function makeInspectable(system: object, inspectable: Inspectable): void {
  inspectables.set(system, inspectable);
}
