import type { AnyActorScope, EventObject, Snapshot } from 'xstate';
import type { Logic } from 'troupe';

/** The message that a service does not survive. */
export const poison = { type: 'POISON' } as const;

/**
 * Give an actor a bug: it fails over a poison message, with everything it has in hand. Everything else is as before.
 * A fault to inject, so that one can see its supervisor start it anew.
 */
export function fragile<TLogic extends Logic>(logic: TLogic): TLogic {
  const transition = (snapshot: Snapshot<unknown>, event: EventObject, scope: AnyActorScope) => {
    if (event.type === poison.type) throw new Error('swallowed poison');
    return logic.transition(snapshot, event, scope) as Snapshot<unknown>;
  };
  return Object.create(logic, { transition: { value: transition } }) as TLogic;
}
