import type { DeadReason } from '../actor/dead-letters.ts';
import type { Host } from '../actor/host.ts';
import type { Limits } from '../limits.ts';
import type { Address } from '../message/address.ts';
import type { Envelope, Kind, Message, Once } from '../message/envelope.ts';
import type { Clock, Logger, Random } from '../ports.ts';
import type { Batch } from './cell/batch.ts';
import type { DurableCell } from './cell/cell.ts';
import type { CellSpec } from './cell/spec.ts';
import type { Journal } from './store.ts';

/** A message of a durable actor on its way. */
export interface Saying {
  readonly kind: Kind;
  readonly to: Address;
  readonly event: Message;
  readonly once: Once;
  /** ms since the epoch after which nobody wants it any more. */
  readonly deadline?: number | undefined;
  /** The message it is said over, where that is still known. */
  readonly cause?: Envelope | undefined;
}

/** What durable actors need of their node: one object for all of them. */
export interface Surroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly limits: Limits;
  readonly journal: Journal;
  /** An id for a commit: unique for ever. */
  readonly nextId: () => string;
  /** @throws TroupeError INVALID_EVENT, UNSERIALIZABLE */
  readonly check: (event: Message) => void;
  /** @throws TroupeError PAYLOAD_TOO_LARGE, UNSERIALIZABLE when it has to travel and cannot */
  readonly say: (from: Address, saying: Saying) => void;
  readonly emitted: (from: Address, event: Message, cause: Envelope | undefined) => void;
  /** Tell whoever wants to know that a message was taken. */
  readonly taken: (envelope: Envelope) => void;
  readonly dead: (reason: DeadReason, envelope: Envelope, error?: unknown) => void;
  /** As many messages wait for its actor as may. */
  readonly full: (envelope: Envelope) => void;
  /** What an actor wanted to say and nobody takes. */
  readonly unsaid: (reason: DeadReason, from: Address, saying: Saying, error: unknown) => void;
  /** The actor failed; `envelope` is what it was handling, if it was a message. */
  readonly failed: (address: Address, error: unknown, envelope: Envelope | undefined) => void;
  readonly escalated: (address: Address, error: unknown) => void;
  /** What is stored of the actor cannot be used, or nothing of it can be stored. */
  readonly quarantined: (address: Address, error: unknown) => void;
  /** Does anybody want to see the steps of a commit? */
  readonly isWitnessed: boolean;
  /** A commit is stored, and what it says is done. */
  readonly committed: (actor: CellSpec, commit: number, batch: Batch) => void;
  readonly ended: (cell: DurableCell) => void;
  /** Through what the works of an actor reach the world. */
  readonly hostOf: (address: Address, key: string) => Host;
  /** Is the actor to be here, as far as this node knows? */
  readonly isHere: (id: string) => boolean;
  /** A wake was stored for an actor that another may have had meanwhile: whoever owns it is to look. */
  readonly leftWake: (id: string) => void;
  /** Find the place of a message anew: its actor is no longer here. */
  readonly reroute: (envelope: Envelope) => void;
  /** Is that message of a durable sender still to be taken? */
  /** Does a durable sender have anything to say to that receiver, as it is stored? */
  readonly owes: (sender: Address, receiver: Address) => Promise<boolean>;
  readonly isOwed: (sender: Address, number: number) => Promise<boolean>;
}
