import type { AnyActorLogic, EventObject } from 'xstate';
import type { Path } from './effect.ts';
import type { AnySnapshot, Ref } from './ref.ts';

export type { AnySnapshot } from './ref.ts';

/** A timer that runs. The kernel knows no time: who does decides when it fires. */
export interface Timer {
  readonly id: string;
  readonly event: EventObject;
  /** ms from when it was set. */
  readonly delay: number;
  readonly to: Path;
  /** The very actor it is for, where that is a child: another one in its place hears nothing of it. */
  readonly target?: Ref | undefined;
}

/**
 * An actor and its descendants at rest: immutable, and everything the next decision depends on. `snapshot` is XState's own; the
 * actors it holds as `children` are only names, their state is in `children` here.
 */
export interface ActorState {
  readonly logic: AnyActorLogic;
  /** The name of the logic with its parent; empty for a root. */
  readonly src: string;
  readonly snapshot: AnySnapshot;
  readonly children: Readonly<Record<string, ActorState>>;
  readonly timers: readonly Timer[];
  /** Does the parent hear of every snapshot (`onSnapshot`)? */
  readonly synced: boolean;
  /** By what its parent holds it; undefined for a root. */
  readonly ref?: Ref | undefined;
}

/** Does the kernel decide for this logic? Promises, callbacks and observables do work of their own instead. */
export const isPure = (logic: AnyActorLogic): boolean =>
  'definition' in logic || !('start' in logic && typeof logic.start === 'function');

export const noChildren: Readonly<Record<string, ActorState>> = Object.freeze({});
export const noTimers: readonly Timer[] = Object.freeze([]);
