import { TroupeError } from '../errors.ts';
import type { AnyActorLogic } from 'xstate';
import type { Act } from './act.ts';
import type { TakenTransition } from './effect.ts';
import type { AnySnapshot, Ref, Self } from './ref.ts';

/** The tree in which a decision is made, as far as a transition of one of its actors can look into it. */
export interface Around {
  snapshotOf: (who: Self | Ref) => AnySnapshot;
  /** One more transition was taken. @throws TroupeError UNBOUNDED when there are too many */
  took: (by: Self, transitions: readonly TakenTransition[]) => void;
  find: (systemId: string) => Ref | undefined;
  /** @throws Error when another actor has that id */
  enlist: (systemId: string, ref: Ref) => void;
}

/** The actor that decides. */
export interface Decider {
  readonly around: Around;
  readonly place: { readonly self: Self };
  /** The snapshot it had before. */
  readonly snapshot: AnySnapshot | undefined;
  /** A name that none of its children has. */
  freeName: () => string;
  /** XState has made a child; `logic` is what it is to be. Gives its first snapshot. */
  bear: (ref: Ref, logic: AnyActorLogic, input: unknown) => AnySnapshot;
  /** A child is to stop: where it does not run that is now, so that another may have its place in the same macrostep. */
  forestall: (ref: Ref) => void;
}

/** One transition while it runs. */
export interface Recording {
  readonly by: Decider;
  readonly acts: Act[];
  /** Is it the first? Then XState starts what was spawned in the midst of the actions, and not when they are over. */
  readonly first: boolean;
}

let current: Recording | undefined;

/** Begin to record. The kernel is synchronous and transitions nest (a child is made within its parent's): pass what this gives to `leave`. */
export function enter(recording: Recording): Recording | undefined {
  const outer = current;
  current = recording;
  return outer;
}

export function leave(outer: Recording | undefined): void {
  current = outer;
}

/**
 * The transition that runs.
 * @throws TroupeError NO_SUCH_ACTOR outside of any: an actor of the kernel lives in a state, and its ref alone does not know in which
 */
export function recorded(who?: { readonly id: string }): Recording {
  if (current !== undefined) return current;
  throw new TroupeError(
    'NO_SUCH_ACTOR',
    `The actor "${who?.id ?? ''}" exists only while its tree decides: read it from the \`children\` of the state that holds it.`,
  );
}
