import type { EventObject } from 'xstate';
import type { Outcome } from '../../kernel/step.ts';
import type { Sent } from './view.ts';

/** One thing that happens to a system: what engines choose from, and what a trace consists of. */
export type Action =
  | { readonly kind: 'deliver'; readonly sent: Sent }
  | { readonly kind: 'choose'; readonly actor: string; readonly event: EventObject }
  | {
      readonly kind: 'timeout';
      readonly actor: string;
      readonly path: readonly string[];
      readonly timer: string;
    }
  /** Work of `actor` that is not a chart ends. */
  | {
      readonly kind: 'settle';
      readonly actor: string;
      readonly path: readonly string[];
      readonly outcome: Outcome;
    }
  | { readonly kind: 'lose'; readonly sent: Sent }
  | { readonly kind: 'duplicate'; readonly sent: Sent }
  | { readonly kind: 'crash'; readonly actor: string }
  | { readonly kind: 'restart'; readonly actor: string }
  | { readonly kind: 'partition'; readonly side: readonly string[] }
  | { readonly kind: 'heal' }
  | { readonly kind: 'corrupt'; readonly sent: Sent; readonly into: EventObject }
  | { readonly kind: 'forge'; readonly sent: Sent };

export type ActionKind = Action['kind'];

/** What need never happen, and has a budget. That a dead actor comes back, or a split network is whole again, is no fault but its end. */
const faults: ReadonlySet<ActionKind> = new Set<ActionKind>([
  'lose',
  'duplicate',
  'crash',
  'partition',
  'corrupt',
  'forge',
]);

/** Faults are never owed: no run is unfair for want of one, and a state in which nothing else can happen is an end. */
export const isFault = ({ kind }: Action): boolean => faults.has(kind);
