import type { EventObject } from 'xstate';
import type { Outcome } from '../../../src/kernel/step.ts';

/** What the world does to a tree of actors. */
export type Stimulus =
  | { readonly kind: 'send'; readonly path: readonly string[]; readonly event: EventObject }
  | { readonly kind: 'fire'; readonly path: readonly string[]; readonly timer: string }
  | { readonly kind: 'settle'; readonly path: readonly string[]; readonly outcome: Outcome };

/** All that is to be seen of an actor, as plain data. */
export interface View {
  readonly status: string;
  readonly value: unknown;
  readonly context: unknown;
  readonly history: unknown;
  readonly output: unknown;
  readonly error: unknown;
  readonly nodes: unknown;
  readonly timers: readonly unknown[];
  readonly children: Readonly<Record<string, View>>;
}

/** What came of one stimulus. */
export interface Observed {
  readonly effects: readonly unknown[];
  readonly taken: readonly unknown[];
  readonly view: View;
}

/** Plain data: actors by their id, errors by their message, `undefined` as itself. */
export function plain(value: unknown): unknown {
  if (value === undefined) return '(undefined)';
  if (value instanceof Error) return `(error ${value.message})`;
  if (typeof value !== 'object' || value === null) return value;
  if ('getSnapshot' in value && 'id' in value) return `(actor ${String(value.id)})`;
  if (Array.isArray(value)) return value.map(plain);
  // The snapshot in `xstate.snapshot.*`.
  if ('_nodes' in value) return { value: plain((value as { value?: unknown }).value) };
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
}

interface Seen {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
  readonly input?: unknown;
  readonly historyValue?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly _nodes?: readonly { readonly id: string }[];
}

export const viewOfSnapshot = (
  { status, value, context, output, error, input, historyValue = {}, _nodes = [] }: Seen,
  isWork: boolean,
  timers: readonly unknown[],
  children: readonly (readonly [string, View])[],
): View => ({
  status,
  value: plain(value),
  context: isWork ? plain(input) : plain(context),
  history: Object.fromEntries(
    Object.entries(historyValue).map(([id, nodes]) => [id, nodes.map((each) => each.id)]),
  ),
  output: plain(output),
  error: plain(error),
  nodes: _nodes.map(({ id }) => id),
  timers: timers.map((timer) => JSON.stringify(timer)).sort(),
  children: Object.fromEntries([...children].sort(([a], [b]) => (a < b ? -1 : 1))),
});
