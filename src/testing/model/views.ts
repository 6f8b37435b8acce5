import { matchesState, type StateValue } from 'xstate';
import type { ActorState } from '../../kernel/state.ts';
import type { ActorView } from './view.ts';

/** A view of an actor that lives. */
export function viewOf(name: string, { snapshot, children, timers }: ActorState): ActorView {
  const { status, value, context, output, error } = snapshot;
  return {
    name,
    status,
    value,
    context,
    output,
    error,
    children: Object.keys(children).filter((id) => children[id]?.snapshot.status === 'active'),
    timers: timers.map(({ id }) => id),
    matches: (wanted) => value !== undefined && matchesState(wanted as StateValue, value as StateValue),
    hasTag: (tag) => (snapshot as { tags?: ReadonlySet<string> }).tags?.has(tag) ?? false,
  };
}

/** A view of an actor that has crashed: nothing is known of it. */
export const crashedView = (name: string): ActorView => ({
  name,
  status: 'crashed',
  value: undefined,
  context: undefined,
  output: undefined,
  error: undefined,
  children: [],
  timers: [],
  matches: () => false,
  hasTag: () => false,
});
