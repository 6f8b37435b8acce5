import type { TakenTransition } from './entry.ts';

/** XState's transition definition, as `@xstate.microstep` and the kernel give it. */
export interface XStateTransition {
  readonly eventType: string | null;
  readonly source: { readonly id: string };
}

interface StateNode {
  readonly id: string;
  readonly transitions?: ReadonlyMap<string, readonly XStateTransition[]>;
  readonly always?: readonly XStateTransition[];
}

/** A transition is one object for as long as its machine lives. */
const known = new WeakMap<XStateTransition, TakenTransition>();

/** Which of its state's transitions it is. */
export function takenOf(transition: XStateTransition, path: readonly string[]): TakenTransition {
  let taken = known.get(transition);
  if (taken === undefined) {
    const { eventType, source } = transition;
    const { id, transitions, always } = source as StateNode;
    const event = eventType ?? '';
    const candidates = event === '' ? always : transitions?.get(event);
    taken = { state: id, event, index: Math.max(0, candidates?.indexOf(transition) ?? 0) };
    known.set(transition, taken);
  }
  return path.length === 0 ? taken : { ...taken, path };
}
