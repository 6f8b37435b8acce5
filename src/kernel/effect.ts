import type { EventObject } from 'xstate';
import type { Said } from '../actor/said.ts';

/** Ids from the root actor down to one of its descendants; empty for the root itself. */
export type Path = readonly string[];

/** What an actor asks the world to do. */
export type Deed =
  | Said
  /** Emitted: to listeners, and to the bus. */
  | { readonly kind: 'emit'; readonly event: EventObject }
  /** A timer; one with the same `from` and `id` is replaced. `delay` in ms. `to` is who gets the event. */
  | {
      readonly kind: 'schedule';
      readonly id: string;
      readonly event: EventObject;
      readonly delay: number;
      readonly to: Path;
    }
  | { readonly kind: 'cancel'; readonly id: string }
  /** Work that is not a chart begins: a promise, callback or observable. What becomes of it is fed back with `settle`. */
  | { readonly kind: 'invoke'; readonly id: string; readonly src: string; readonly input: unknown }
  /** A chart (or transition logic) begins as a child; it lives in the state of its parent. */
  | { readonly kind: 'spawn'; readonly id: string; readonly src: string; readonly input: unknown }
  /** A child ends before its time. */
  | { readonly kind: 'stop'; readonly id: string }
  /** An event for a child that is not a chart (a callback that receives). */
  | { readonly kind: 'forward'; readonly id: string; readonly event: EventObject }
  | { readonly kind: 'log'; readonly label: string | undefined; readonly value: unknown }
  /** An action of the user's own: the kernel never runs it. */
  | { readonly kind: 'action'; readonly type: string; readonly params: unknown };

/**
 * A deed and the actor of the tree it comes from, in the order in which XState's own actor would do it. What passes between the
 * actors of one tree is no effect: it has already happened when the decision is returned.
 */
export interface Effect {
  readonly from: Path;
  readonly deed: Deed;
}

/** A transition that was taken, and by which actor of the tree. */
export interface Taken {
  readonly from: Path;
  readonly transition: TakenTransition;
}

/** XState's transition definition, as far as engines read it. */
export interface TakenTransition {
  readonly source: { readonly id: string };
  readonly eventType: string | null;
  readonly target: readonly { readonly id: string }[] | undefined;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
}
