import { Answers } from './answers.ts';
import type { Deciding } from './decide.ts';
import { Failures } from './failures.ts';
import type { Input } from './input.ts';
import type { Deadlines } from './live.ts';
import { Performer } from './performer.ts';
import { Persistence } from './persistence.ts';
import { Senders } from './senders.ts';
import type { CellSpec } from './spec.ts';
import type { Surroundings } from '../surroundings.ts';

/** What the parts of a durable actor need of it. */
export interface Whole {
  readonly isLeaving: () => boolean;
  /** Something the actor is to decide over. */
  readonly give: (input: Input) => void;
  /** All it said is confirmed. */
  readonly emptied: () => void;
  /** Nothing is decided over for a while, ms. */
  readonly pause: (delay: number) => void;
  /** It has failed for good. */
  readonly failed: (error: unknown) => void;
  /** What is in memory may be older than what is stored. */
  readonly stale: (input: Input) => void;
}

/** A durable actor's parts. */
export interface Parts {
  readonly persistence: Persistence;
  readonly performer: Performer;
  readonly senders: Senders;
  readonly answers: Answers;
  /** What its decisions depend on just now. */
  readonly deciding: () => Deciding;
}

export function assemble(around: Surroundings, spec: CellSpec, whole: Whole): Parts {
  const { isLeaving, give, emptied, pause, failed, stale } = whole;
  const { address, logic } = spec;
  const { clock, limits } = around;
  const deadlines: Deadlines = new WeakMap();
  const performer = new Performer({ address, logic, around, deadlines, give, emptied });
  const again = (input: Input, delay: number): void => performer.again(input, delay);
  const failures = new Failures({ spec, around, again, give, pause, end: failed });
  const over = (input: Input, error: unknown): void => failures.over(input, error);
  const answers = new Answers({ around, give, failed: over, stale });
  const { askTimeout, keys } = limits;
  const check: Deciding['check'] = (event) => around.check(event);
  const { known } = answers;
  const deciding = (): Deciding => {
    const { isWitnessed } = around;
    return { address, now: clock.now(), askTimeout, keys, deadlines, check, known, isWitnessed };
  };
  return {
    persistence: new Persistence({ spec, around, deadlines, deciding, isLeaving }),
    performer,
    senders: new Senders({ address, around, give }),
    answers,
    deciding,
  };
}
