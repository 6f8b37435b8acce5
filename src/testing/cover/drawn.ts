import type { Graph } from '../paths/graph.ts';
import type { Coverage } from './coverage.ts';

/** A coverage as it lies on a drawn chart. Plain data; `toMermaid(machine, { coverage })` draws it. */
export interface ChartCoverage {
  /** Visits, by id of the state. */
  readonly states: Readonly<Record<string, number>>;
  /** By id of the state they leave: how often each of its transitions was taken, in the order in which XState tries them. */
  readonly transitions: Readonly<Record<string, readonly number[]>>;
}

/** What paths of a machine covered, for a drawing of it. */
export function chartCoverage(paths: { readonly graph: Graph; coverage(): Coverage }): ChartCoverage {
  const { observed } = paths.graph;
  const { states, transitions } = paths.coverage();
  const taken: Record<string, number[]> = {};
  for (let number = 0; number < observed.own; number++)
    (taken[observed.sources[number] ?? ''] ??= []).push(transitions.items[number]?.count ?? 0);
  return {
    states: Object.fromEntries(states.items.map(({ name, count }) => [name, count])),
    transitions: taken,
  };
}
