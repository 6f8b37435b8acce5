import type { Path } from '../../kernel/effect.ts';
import type { Outcome } from '../../kernel/step.ts';
import type { Envelope, Message } from '../../message/envelope.ts';

/** What a durable actor can be given to decide over. */
export type Input =
  /** A message, for the actor itself or one within it. */
  | { readonly kind: 'message'; readonly envelope: Envelope; readonly path: Path }
  /** The answer to a question of its own, or a refusal. */
  | {
      readonly kind: 'answer';
      readonly envelope: Envelope;
      readonly number: number;
      /** The actor was read from the store since it came. */
      readonly isReread?: true;
    }
  /**
   * `due`: of the timer that ran out, ms since the epoch; another of the same id may have taken its place. `final`: should the actor fail over
   * it, it has failed for good.
   */
  | {
      readonly kind: 'timer';
      readonly path: Path;
      readonly id: string;
      readonly due: number;
      readonly final?: true;
    }
  /** Work of its own is over. */
  | { readonly kind: 'settled'; readonly number: number; readonly outcome: Outcome; readonly final?: true }
  /** What a callback of its own said to it; `path` is who hears it. */
  | { readonly kind: 'event'; readonly path: Path; readonly event: Message }
  /** A sender owes nothing, as long as what was last taken of it has that number. */
  | { readonly kind: 'retired'; readonly sender: string; readonly number: number };

/** What became of an input. */
export type Verdict =
  | { readonly kind: 'taken' }
  /** It was taken before. */
  | { readonly kind: 'duplicate' }
  /** A message before it is missing: it will come again. */
  | { readonly kind: 'early' }
  /** From a sender that may have ended: it has to be looked up. */
  | { readonly kind: 'unknown-sender'; readonly sender: string }
  /** The answer to a question that the actor has not put yet: another node went on with it. It has to be read again. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'expired' }
  /** The actor has ended. */
  | { readonly kind: 'ended' }
  /** The actor failed over it and is as it was before. */
  | { readonly kind: 'failed'; readonly error: unknown };
