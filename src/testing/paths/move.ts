import type { EventObject } from 'xstate';
import type { Path } from '../../kernel/effect.ts';
import type { ActorState } from '../../kernel/state.ts';
import { fire, settle, step, type Decision, type Outcome } from '../../kernel/step.ts';

/**
 * One thing that can happen to a machine: somebody sends it an event, a timer of it (or of a child) runs out, or work it invoked ends.
 * `bare`: nobody gave a case for it, so it carries nothing but its type.
 */
export type Move =
  | { readonly kind: 'event'; readonly event: EventObject; readonly bare?: true }
  | {
      readonly kind: 'timer';
      readonly path: Path;
      readonly id: string;
      /** ms from when it was set. */
      readonly delay: number;
      readonly event: EventObject;
    }
  | {
      readonly kind: 'settle';
      readonly path: Path;
      readonly src: string;
      readonly outcome: Outcome;
      readonly bare?: true;
    };

/** What a machine decides over a move. Pure. */
export function take(state: ActorState, move: Move): Decision {
  switch (move.kind) {
    case 'event':
      return step(state, move.event);
    case 'timer':
      return fire(state, move.path, move.id);
    case 'settle':
      return settle(state, move.path, move.outcome);
  }
}
