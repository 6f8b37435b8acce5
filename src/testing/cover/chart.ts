import type { AnyActorLogic, AnyStateMachine } from 'xstate';

/** The fields of XState's state nodes and transitions that coverage reads. All are public in its type declarations. */
export interface ChartNode {
  readonly id: string;
  readonly type: string;
  readonly states: Readonly<Record<string, ChartNode>>;
  readonly transitions: ReadonlyMap<string, readonly ChartTransition[]>;
  readonly always?: readonly ChartTransition[];
  readonly machine: { readonly root: ChartNode };
}

export interface ChartTransition {
  readonly source: ChartNode;
  readonly eventType: string;
  guard?: unknown;
  readonly target?: readonly { readonly id: string }[] | undefined;
}

/** Is this logic a chart? By its shape: it may come from another copy of xstate. */
export const isChart = (logic: AnyActorLogic): logic is AnyStateMachine =>
  'root' in logic && 'definition' in logic && 'provide' in logic && typeof logic.provide === 'function';

export const rootOf = (machine: AnyStateMachine): ChartNode => machine.root;

/** A state and all below it, in document order. */
export const nodesOf = (node: ChartNode): ChartNode[] => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
];

/** Transitions that leave a state, guarded alternatives one by one, in the order in which they are drawn. */
export const transitionsOf = (node: ChartNode): ChartTransition[] => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
];

/** The states one can be in. A history state is none: it stands for others. */
export const placesOf = (root: ChartNode): ChartNode[] =>
  nodesOf(root).filter(({ type }) => type !== 'history');

const combined = (guard: { readonly name: string; readonly guards?: readonly unknown[] }): string =>
  guard.guards === undefined ? guard.name : `${guard.name}(${guard.guards.map(guardText).join(', ')})`;

/** Names that JavaScript gives a function for where it was written. */
const isNamed = (name: string): boolean => name !== '' && name !== 'guard';

/** What a person calls a guard; `(inline)` for a function without a name. */
export function guardText(guard: unknown): string {
  if (typeof guard === 'string') return guard;
  if (typeof guard === 'function') return isNamed(guard.name) ? combined(guard) : '(inline)';
  return String((guard as { readonly type?: unknown }).type);
}

/** `source event [guard] -> target`; `-> stays` for a transition without target, `always` for one without event. */
export const transitionText = (
  { source, eventType, target }: ChartTransition,
  guard: string | undefined,
): string => {
  const to = target?.map(({ id }) => id).join(', ') ?? 'stays';
  return `${source.id} ${eventType === '' ? 'always' : eventType}${guard === undefined ? '' : ` [${guard}]`} -> ${to}`;
};
