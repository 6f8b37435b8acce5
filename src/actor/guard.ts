import type { AnyActorLogic, AnyActorScope, EventObject, Snapshot } from 'xstate';
import type { Logic } from './logic.ts';

/**
 * XState's actor ends at the first error and leaves the children of a machine running. This wraps logic (the public
 * ActorLogic interface; everything but `transition` is inherited) so that a failing transition either stops the children first,
 * or, where supervision says `resume`, never happened: the old snapshot is kept and what the transition had deferred (messages,
 * timers, spawns) is dropped. Custom actions that ran before the error cannot be undone.
 */
export function guard(logic: Logic, resumes?: (error: unknown) => boolean): Logic {
  if (resumes !== undefined) return resumable(logic, resumes);
  let guarded = cache.get(logic);
  if (guarded === undefined) {
    guarded = derive(logic, (snapshot, event, scope) => {
      try {
        return logic.transition.call(guarded ?? logic, snapshot, event, scope) as Snapshot<unknown>;
      } catch (error) {
        stopChildren(logic, snapshot, scope);
        throw error;
      }
    });
    cache.set(logic, guarded);
  }
  return guarded;
}

const cache = new WeakMap<Logic, Logic>();

type Transition = (
  snapshot: Snapshot<unknown>,
  event: EventObject,
  scope: AnyActorScope,
) => Snapshot<unknown>;

const derive = (logic: Logic, transition: Transition): Logic =>
  Object.create(logic, { transition: { value: transition } }) as AnyActorLogic;

function resumable(logic: Logic, resumes: (error: unknown) => boolean): Logic {
  const self: Logic = derive(logic, (snapshot, event, scope) => {
    const deferred: (() => void)[] = [];
    const buffered: AnyActorScope = { ...scope, defer: (fn) => void deferred.push(fn) };
    let next: Snapshot<unknown>;
    try {
      next = logic.transition.call(self, snapshot, event, buffered) as Snapshot<unknown>;
      if (next.status === 'error' && resumes(next.error)) return snapshot;
    } catch (error) {
      if (resumes(error)) return snapshot;
      stopChildren(logic, snapshot, scope);
      throw error;
    }
    for (const fn of deferred) scope.defer(fn);
    return next;
  });
  return self;
}

const STOP = { type: 'xstate.stop' };

function stopChildren(logic: Logic, snapshot: Snapshot<unknown>, scope: AnyActorScope): void {
  const effects: (() => void)[] = [];
  try {
    logic.transition(snapshot, STOP, { ...scope, defer: (fn) => void effects.push(fn) });
  } catch {
    return; // an exit action failed as well: the first error is the one to report
  }
  for (const effect of effects) effect();
}
