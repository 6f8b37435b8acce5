import type { AnyActorLogic } from 'xstate';
import { collect, pathOptionNames, type PathOptions } from './collect.ts';
import { explore } from './explore.ts';
import { graphOf, type Graph } from './graph.ts';
import { Path } from './path.ts';
import type { Paths } from './paths.ts';
import { isTarget, type Target } from './target.ts';

/**
 * A shortest path to every state, the initial one included, or to every state that `to` describes. Breadth first.
 * @throws TroupeError as {@link explore}
 */
export function shortestPaths(machine: AnyActorLogic, options: PathOptions = {}): Paths {
  const graph = explore(graphOf(machine, options, pathOptionNames));
  return collect(graph, towards(graph, options.to), options.stop);
}

function* towards(graph: Graph, to: Target | undefined): Generator<Path> {
  for (let state = 0; state < graph.states.length; state++)
    if (to === undefined || isTarget(graph.view(state), to)) yield shortestTo(graph, state);
}

export const shortestTo = (graph: Graph, state: number): Path =>
  new Path(graph, state, () => entriesTo(graph, state));

/** Edges from the initial state to this one by the way it was found. */
const entriesTo = (graph: Graph, state: number): number[] => {
  const edges: number[] = [];
  for (let at = state, edge = graph.entry(at); edge !== undefined; edge = graph.entry(at)) {
    edges.push(graph.entryNumber(at));
    at = edge.from;
  }
  return edges.reverse();
};
