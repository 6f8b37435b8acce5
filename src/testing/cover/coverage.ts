import type { Edge, Graph } from '../paths/graph.ts';
import { activeNodes } from '../paths/descriptors.ts';
import type { Path } from '../paths/path.ts';

/** One thing that can be covered, and how often it was. */
export interface Item {
  readonly name: string;
  readonly count: number;
}

/** How much of one kind of thing was covered. */
export interface Metric {
  readonly covered: number;
  readonly total: number;
  /** In document order; pairs in the order in which they were found. */
  readonly items: readonly Item[];
}

/**
 * What paths saw of a chart. Plain data.
 *
 * - `states`: its states that can be active, compound ones too, in number of visits;
 * - `transitions`: guarded alternatives one by one, also those nothing leads to; with those of charts it invokes;
 * - `guards`: each guard of a transition as passed and as refused, whether its transition was then taken or not. What a guard refuses in a
 *   state on the way counts, as `testModel` tries that as well;
 * - `pairs`: transitions that can follow each other, one step after the other.
 */
export interface Coverage {
  readonly machine: string;
  readonly paths: number;
  readonly steps: number;
  readonly states: Metric;
  readonly transitions: Metric;
  readonly guards: Metric;
  readonly pairs: Metric;
}

export type Covered = 'states' | 'transitions' | 'guards' | 'pairs';

/** Counts what one step after the other covers. */
export class Tally {
  readonly #graph: Graph;
  readonly states = new Map<string, number>();
  readonly transitions = new Map<number, number>();
  readonly guards = new Map<number, number>();
  readonly pairs = new Map<string, number>();
  paths = 0;
  steps = 0;
  #last: Edge | undefined;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** A path begins. */
  begin(): void {
    this.paths += 1;
    this.#last = undefined;
    this.#see(this.#graph.opening);
  }

  step(edge: Edge): void {
    this.steps += 1;
    if (this.#last !== undefined) for (const pair of pairsOf(this.#last, edge)) count(this.pairs, pair);
    this.#see(edge);
    this.#last = edge;
  }

  #see(edge: Edge): void {
    const { to, taken, guards } = edge;
    for (const id of this.#visited(edge)) count(this.states, id);
    for (const number of taken) count(this.transitions, number);
    for (const outcome of guards) count(this.guards, outcome);
    for (const refusal of this.#graph.refused(to))
      for (const outcome of refusal.guards) count(this.guards, outcome);
  }

  /** The states it is in afterwards, and those it only passed through. */
  #visited({ from, to, taken }: Edge): Set<string> {
    const passed = taken.map((number) => this.#graph.observed.sources[number] ?? '');
    const before = new Set(taken.length > 1 ? this.#active(from) : passed);
    return new Set([...this.#active(to), ...passed.filter((id) => !before.has(id))]);
  }

  #active(state: number): readonly string[] {
    const snapshot = this.#graph.states[state]?.snapshot;
    return ((snapshot && activeNodes(snapshot)) ?? []).map(({ id }) => id);
  }
}

const count = <T>(counts: Map<T, number>, key: T): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** Pairs of transitions of two steps that follow each other. */
export const pairsOf = (first: Edge, second: Edge): string[] =>
  first.taken.flatMap((one) => second.taken.map((two) => `${one},${two}`));

/** Every pair of transitions that the states found so far allow. */
export function possiblePairs(graph: Graph): Set<string> {
  const pairs = new Set<string>();
  for (const first of graph.edges)
    if (graph.isExpanded(first.to))
      for (const number of graph.out(first.to))
        for (const pair of pairsOf(first, graph.edges[number] as Edge)) pairs.add(pair);
  return pairs;
}

const metric = (items: readonly Item[]): Metric => ({
  covered: items.filter((item) => item.count > 0).length,
  total: items.length,
  items,
});

/** What is covered so far, by kind. */
export function metricOf(graph: Graph, tally: Tally, kind: Covered): Metric {
  const { observed } = graph;
  const label = (number: number): string => observed.labels[number] ?? '';
  switch (kind) {
    case 'states':
      return metric(observed.places().map((name) => ({ name, count: tally.states.get(name) ?? 0 })));
    case 'transitions':
      return metric(
        observed.labels.map((name, number) => ({ name, count: tally.transitions.get(number) ?? 0 })),
      );
    case 'guards':
      return metric(
        observed.guarded.flatMap((number) => [
          { name: `${label(number)}: passed`, count: tally.guards.get(2 * number + 1) ?? 0 },
          { name: `${label(number)}: refused`, count: tally.guards.get(2 * number) ?? 0 },
        ]),
      );
    case 'pairs':
      return metric(
        [...possiblePairs(graph)].map((pair) => {
          const [one = 0, two = 0] = pair.split(',').map(Number);
          return { name: `${label(one)}, ${label(two)}`, count: tally.pairs.get(pair) ?? 0 };
        }),
      );
  }
}

/** What paths of a graph cover. */
export function coverageOf(graph: Graph, paths: Iterable<Path>): Coverage {
  const tally = new Tally(graph);
  for (const { edges } of paths) {
    tally.begin();
    for (const number of edges) tally.step(graph.edges[number] as Edge);
  }
  return toCoverage(graph, tally);
}

export const toCoverage = (graph: Graph, tally: Tally): Coverage => ({
  machine: (graph.machine as { id?: string }).id ?? '',
  paths: tally.paths,
  steps: tally.steps,
  states: metricOf(graph, tally, 'states'),
  transitions: metricOf(graph, tally, 'transitions'),
  guards: metricOf(graph, tally, 'guards'),
  pairs: metricOf(graph, tally, 'pairs'),
});
