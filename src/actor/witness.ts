import type { AnyActor, EventObject, InspectionEvent } from 'xstate';
import type { Address } from '../message/address.ts';
import type { Envelope } from '../message/envelope.ts';
import type { Logic } from './logic.ts';

/** A live actor, as those see it who only look. */
export interface Live {
  readonly address: Address;
  readonly logic: Logic;
  readonly snapshot: object | undefined;
  /** The XState actor; undefined while it waits for a restart and after the end. */
  readonly actor: AnyActor | undefined;
  /** The conversation that it goes on with by itself. */
  readonly correlation: string;
  /** Has it handled messages of several conversations, so that nobody knows which of them it goes on with? Absent: no. */
  readonly isShared?: boolean;
}

/** Told of all that happens to the actors of a node. Without one, nothing is spent on telling. */
export interface Witness {
  /** An actor begins, or begins again. What is returned inspects its XState actors (XState's `inspect`). */
  begins(actor: Live, input: unknown): ((event: InspectionEvent) => void) | undefined;
  /** Its XState actor is made, and not started. */
  created?(actor: Live, input: unknown): void;
  /** A message is about to be handled. */
  handles(actor: Live, envelope: Envelope, event: EventObject): void;
  /** That message is handled; `failure`: the actor failed over it, and what it said meanwhile is not said (A2). */
  handled(actor: Live, failure: { readonly error: unknown } | undefined): void;
  /** The actor failed over the message, and goes on as it was: what it said meanwhile is not said. */
  resumed?(actor: Live): void;
  said(from: Address, envelope: Envelope): void;
  emitted(from: Address, event: EventObject): void;
  /** A durable actor has stored what it decided; `decided` is a Batch of durable/cell/batch.ts. */
  committed(actor: Pick<Live, 'address' | 'logic' | 'correlation'>, commit: number, decided: object): void;
  ended(address: Address, reason: string): void;
}

/** What is counted of the actors of one kind. */
export interface Tally {
  readonly kind: string;
  handled: number;
  failed: number;
  /** Time to handle a message, of a sample, in logarithmic buckets. */
  readonly times: Uint32Array;
}

/** Counts what the actors of a node handle, always: it has to cost next to nothing. */
export interface Meter {
  of(logic: Logic): Tally;
  /** A message is about to be handled. @returns when, if the time it takes is wanted; otherwise 0 */
  handles(tally: Tally, address: Address, envelope: Envelope): number;
  handled(tally: Tally, since: number): void;
  /** Supervision stops an actor for good. */
  gaveUp(address: Address): void;
}
