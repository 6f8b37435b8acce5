import type { AnyActorLogic } from 'xstate';
import { collect, pathOptionNames, type PathOptions } from './collect.ts';
import { explore } from './explore.ts';
import { graphOf, type Edge, type Graph } from './graph.ts';
import { Path } from './path.ts';
import type { Paths } from './paths.ts';
import { isTarget, type Target } from './target.ts';

/**
 * Every path that visits no state twice, the empty one included, or every one of them that ends where `to` describes. Their number can be
 * exponential in that of the states: `limits.paths` bounds it.
 * @throws TroupeError as {@link explore}
 */
export function simplePaths(machine: AnyActorLogic, options: PathOptions = {}): Paths {
  const graph = explore(graphOf(machine, options, pathOptionNames));
  return collect(graph, withoutRevisits(graph, options.to), options.stop);
}

/** Depth first, on a stack of its own: a path may be longer than the call stack is deep. */
function* withoutRevisits(graph: Graph, to: Target | undefined): Generator<Path> {
  const wanted = (state: number): boolean => to === undefined || isTarget(graph.view(state), to);
  const visited = new Set([0]);
  const edges: number[] = [];
  const stack = [graph.out(0)[Symbol.iterator]()];
  if (wanted(0)) yield new Path(graph, 0, []);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { value: number, done } = top.next();
    if (done === true) {
      stack.pop();
      const last = graph.edges[edges.pop() ?? -1];
      if (last !== undefined) visited.delete(last.to);
      continue;
    }
    const { to: state } = graph.edges[number] as Edge;
    if (visited.has(state)) continue;
    visited.add(state);
    edges.push(number);
    stack.push(graph.out(state)[Symbol.iterator]());
    if (wanted(state)) yield new Path(graph, state, [...edges]);
  }
}
