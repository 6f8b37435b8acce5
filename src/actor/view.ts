import { matchesState, type StateValue } from 'xstate';
import type { View } from './logic.ts';

/** A snapshot as it travels: plain data. */
export interface WireView {
  readonly status: View['status'];
  readonly value: unknown;
  readonly context: unknown;
  readonly output: unknown;
  readonly error: unknown;
  readonly tags: readonly string[];
}

/** Reduce an XState snapshot of any logic to what may travel. An error travels as its message. */
export function toWireView(snapshot: object): WireView {
  const { status, value, context, output, error, tags } = snapshot as Partial<
    Record<keyof WireView, unknown>
  >;
  return {
    status: status as View['status'],
    value,
    context,
    output,
    error: error instanceof Error ? error.message : error,
    tags: tags instanceof Set ? [...(tags as Set<string>)] : [],
  };
}

/** Make the methods of a snapshot work again on what travelled. */
export function fromWireView(wire: WireView): View {
  const tags = new Set(wire.tags);
  return {
    ...wire,
    output: wire.output as never,
    tags,
    matches: (value) =>
      wire.value !== undefined && matchesState(value as StateValue, wire.value as StateValue),
    hasTag: (tag) => tags.has(tag),
  };
}
