import type { AnySnapshot } from '../../kernel/state.ts';

interface Node {
  readonly id: string;
  readonly transitions: ReadonlyMap<string, unknown>;
}

/** The active states of a chart's snapshot; undefined for logic that is no chart. XState makes a new array where they change. */
export const activeNodes = (snapshot: AnySnapshot): readonly Node[] | undefined =>
  (snapshot as { _nodes?: readonly Node[] })._nodes;

/** Event descriptors with a transition in one of these states, innermost first, without those of `always`. */
export const descriptorsOf = (nodes: readonly Node[]): string[] => [
  ...new Set(
    [...nodes].reverse().flatMap(({ transitions }) => [...transitions.keys()].filter((each) => each !== '')),
  ),
];

export const isWildcard = (descriptor: string): boolean => descriptor === '*' || descriptor.endsWith('.*');

/** Events that XState raises itself; nobody else may send them. */
export const isInternal = (type: string): boolean => type.startsWith('xstate.');

/** Does a transition with this descriptor take an event of this type? As XState matches them. */
export function covers(descriptor: string, type: string): boolean {
  if (descriptor === type || descriptor === '*') return true;
  if (!descriptor.endsWith('.*')) return false;
  const given = type.split('.');
  const wanted = descriptor.split('.').slice(0, -1);
  return wanted.every((token, at) => token === given[at]);
}
