import type { ActorState, Timer } from '../../kernel/state.ts';
import { freeze } from '../../kernel/freeze.ts';
import { thaw } from '../../kernel/thaw.ts';
import type { DurableState } from '../commit.ts';
import type { Deadlines, Live } from './live.ts';

/** A timer nobody has given a time runs out now; it cannot be, and would otherwise never fire. */
export const dueIn =
  (deadlines: Deadlines) =>
  (timer: Timer): number =>
    deadlines.get(timer) ?? 0;

export interface FrozenState {
  readonly state: DurableState;
  /** Does the actor's own data hold values that msgpack has no form for? */
  readonly special: boolean;
}

/**
 * A durable actor as it is stored.
 * @param dueOf when a timer of it runs out
 * @throws TroupeError UNSERIALIZABLE naming what cannot be stored
 */
export function toState(live: Live, dueOf: (timer: Timer) => number, name: string): FrozenState {
  const { deeds, outbox, works, taken, keys, retired } = live;
  const { frozen, special } = freeze(live.actor, dueOf, { name });
  return { state: { actor: frozen, deeds, outbox, works, taken, keys, retired }, special };
}

/**
 * The actor again.
 * @throws TroupeError UNKNOWN_STATE, NOT_PROVIDED when its logic does not know what was stored
 */
export function fromState(logic: ActorState['logic'], state: DurableState, deadlines: Deadlines): Live {
  const { actor: frozen, ...rest } = state;
  const { state: actor, due } = thaw(logic, frozen);
  for (const [timer, at] of due) deadlines.set(timer, at);
  return { ...rest, actor };
}
