import type { EventObject, InspectionEvent } from 'xstate';
import type { Address } from '../message/address.ts';
import type { Envelope, Message } from '../message/envelope.ts';
import type { Logic } from './logic.ts';

/** Told of all that happens to the actors of a node. Without one, nothing is spent on telling. */
export interface Witness {
  /** An actor begins, or begins again. What is returned inspects its XState actors (XState's `inspect`). */
  begins(address: Address, logic: Logic, input: unknown): (event: InspectionEvent) => void;
  /** A message is about to be handled. */
  handles(address: Address, envelope: Envelope, event: EventObject): void;
  said(from: Address, to: Address, event: Message): void;
  emitted(from: Address, event: EventObject): void;
  ended(address: Address): void;
}
