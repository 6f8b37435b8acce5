import type { Meter, Witness } from './actor/witness.ts';
import type { Limits } from './limits.ts';
import type { Address } from './message/address.ts';
import type { Subjects } from './message/subject.ts';
import type { Clock, Logger, Random } from './ports.ts';
import type { Link } from './transport/transport.ts';

export interface NodeOptions {
  readonly name: string;
  readonly link: Link;
  readonly subjects: Subjects;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly limits: Limits;
  readonly onEscalated: (address: Address, error: unknown) => void;
  readonly witness: Witness | undefined;
  readonly meter: Meter | undefined;
}

/** Counts since the node began. */
export interface NodeCounts {
  /** Messages sent by this node, by actors and from outside. */
  readonly sent: number;
  /** Messages delivered to actors of this node. */
  readonly delivered: number;
  /** Arrivals that were no message of ours, by error code. */
  readonly rejected: Readonly<Record<string, number>>;
}
