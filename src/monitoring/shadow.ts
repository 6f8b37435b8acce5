import type { AnyActor, AnyActorRef } from 'xstate';
import { withVoice } from '../actor/speak.ts';
import type { Logic } from '../actor/logic.ts';
import type { Path } from '../kernel/effect.ts';
import { placeAt, refAt } from '../kernel/scope.ts';
import { isPure, noChildren, type ActorState, type Timer } from '../kernel/state.ts';
import type { AnySnapshot, Ref } from '../kernel/ref.ts';

/** XState's timer, as its system remembers it. */
export interface Scheduled {
  readonly id: string;
  readonly event: { readonly type: string };
  readonly delay: number;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly source: AnyActorRef;
  readonly target: AnyActorRef;
}

/** The timers that run in an actor's XState system. */
export function scheduledIn({ system }: AnyActor): readonly Scheduled[] {
  const { _scheduledEvents: events = {} } = system.getSnapshot() as {
    _scheduledEvents?: Readonly<Record<string, Scheduled>>;
  };
  return Object.values(events);
}

/** Ids from the root's child down to this actor. */
export function pathOf(ref: AnyActorRef): string[] {
  const path: string[] = [];
  for (let at = ref; at._parent !== undefined; at = at._parent) path.unshift(at.id);
  return path;
}

/** A live actor and its XState children as a value of the kernel: what it would decide can be asked without anything being done. */
export const shadowOf = (logic: Logic, actor: AnyActor): ActorState =>
  shadow(withVoice(logic), '', actor, [], undefined, scheduledIn(actor));

function shadow(
  logic: Logic,
  src: string,
  actor: AnyActorRef,
  path: Path,
  ref: Ref | undefined,
  scheduled: readonly Scheduled[],
): ActorState {
  const snapshot = actor.getSnapshot() as AnySnapshot;
  const synced = (actor as { _syncSnapshot?: boolean })._syncSnapshot === true;
  const children = Object.entries(childrenIn(actor)).map(([id, child]) => {
    const { logic: own, src: name } = child as unknown as { logic: Logic; src: unknown };
    const below = [...path, id];
    const childSrc = typeof name === 'string' ? name : '';
    const childRef = refAt(placeAt(below), { logic: own, src: childSrc, synced: false });
    return [id, shadow(own, childSrc, child, below, childRef, scheduled)] as const;
  });
  const timers = scheduled
    .filter(({ source }) => source === actor)
    .map(({ id, event, delay, target }): Timer => ({ id, event, delay, to: pathOf(target) }));
  return {
    logic,
    src,
    snapshot: isPure(logic) && snapshot.children !== undefined ? withRefs(snapshot, children) : snapshot,
    children: children.length === 0 ? noChildren : Object.fromEntries(children),
    timers,
    synced,
    ref,
  };
}

const childrenIn = (actor: AnyActorRef): Readonly<Record<string, AnyActorRef>> =>
  (actor.getSnapshot() as { children?: Record<string, AnyActorRef> }).children ?? {};

/** The snapshot with the kernel's names for its children in place of the live ones: nothing can reach those. */
const withRefs = (
  snapshot: AnySnapshot,
  children: readonly (readonly [string, ActorState])[],
): AnySnapshot => ({
  ...snapshot,
  children: Object.fromEntries(children.map(([id, { ref }]) => [id, ref])),
});
