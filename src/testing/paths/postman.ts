import type { AnyActorLogic } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { collect, type PathOptions } from './collect.ts';
import { explore } from './explore.ts';
import { cheapestFlow, type Arc } from './flow.ts';
import { graphOf, type Graph } from './graph.ts';
import { Path } from './path.ts';
import type { Paths } from './paths.ts';

export interface PostmanOptions extends Omit<PathOptions, 'to'> {
  /**
   * What a further path costs, in steps. Default: more than all steps, so that there is one path wherever one can reach all edges. 0 for
   * the fewest steps in all, in however many paths.
   */
  readonly restart?: number;
}

/** Edges beyond which the postman is not asked, count. */
const mostEdges = 200_000;

/**
 * The Chinese postman's way: every edge between states is taken, with the fewest steps in all. One path where the machine can get from the
 * end of each edge to the next one; where it cannot, several, each from the initial state. The way need not end where it began.
 *
 * Edges are repeated along a cheapest flow from the states that are entered more often than left (Edmonds, Johnson 1973, for directed
 * graphs), with a restart as a further edge from every state; the way is an Euler tour of the result (Hierholzer 1873).
 *
 * @throws TroupeError as `explore`; INVALID_OPTION for more than 200 000 edges
 */
export function postmanPaths(machine: AnyActorLogic, options: PostmanOptions = {}): Paths {
  const graph = explore(graphOf(machine, options, ['stop', 'restart']));
  const { restart = graph.edges.length * graph.states.length + 1, stop } = options;
  if (!(restart >= 0))
    throw new TroupeError('INVALID_OPTION', `restart must be a number of steps, got ${restart}.`);
  if (graph.edges.length > mostEdges)
    throw new TroupeError(
      'INVALID_OPTION',
      `The postman takes at most ${mostEdges} edges, the machine has ${graph.edges.length}: bound the states with "filter", or use transitionPaths.`,
    );
  return collect(graph, tours(graph, restart), stop);
}

/** The last arcs: a restart is a way to the depot, and from there to the initial state. The first one is free: the way may end anywhere. */
const arcsOf = ({ edges, states }: Graph, restart: number): Arc[] => {
  const depot = states.length;
  return [
    ...edges.map(({ from, to }) => ({ from, to, cost: 1 })),
    ...states.map((_, from) => ({ from, to: depot, cost: 0 })),
    { from: depot, to: 0, cost: 0, capacity: 1 },
    { from: depot, to: 0, cost: restart },
  ];
};

function* tours(graph: Graph, restart: number): Generator<Path> {
  const { edges, states } = graph;
  if (edges.length === 0) return;
  const arcs = arcsOf(graph, restart);
  const excess = new Array<number>(states.length + 1).fill(0);
  for (const { from, to } of edges) {
    excess[to] = (excess[to] ?? 0) + 1;
    excess[from] = (excess[from] ?? 0) - 1;
  }
  const flow = cheapestFlow(states.length + 1, arcs, excess);
  // Every state is reachable and every state can restart, so there is always a flow.
  if (flow === undefined) throw new Error('The postman found no flow in a strongly connected graph.');
  const times = arcs.map((_, arc) => (flow[arc] ?? 0) + (arc < edges.length ? 1 : 0));
  yield* split(graph, circuit(arcs, times, states.length + 1));
}

/** An Euler circuit from the initial state that takes each arc so many times: Hierholzer's algorithm. */
function circuit(arcs: readonly Arc[], times: number[], nodes: number): number[] {
  const out = Array.from({ length: nodes }, (): number[] => []);
  arcs.forEach(({ from }, arc) => {
    if ((times[arc] ?? 0) > 0) out[from]?.push(arc);
  });
  const stack: { readonly node: number; readonly by: number }[] = [{ node: 0, by: -1 }];
  const tour: number[] = [];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const choices = out[top.node] ?? [];
    const arc = choices.at(-1);
    if (arc === undefined) {
      stack.pop();
      if (top.by >= 0) tour.push(top.by);
      continue;
    }
    times[arc] = (times[arc] ?? 0) - 1;
    if (times[arc] === 0) choices.pop();
    stack.push({ node: arcs[arc]?.to ?? 0, by: arc });
  }
  return tour.reverse();
}

/** The circuit, cut at its restarts. It is turned so that the free one, which all others lead to, comes last and needs no path. */
function* split(graph: Graph, tour: readonly number[]): Generator<Path> {
  const free = tour.indexOf(graph.edges.length + graph.states.length);
  let edges: number[] = [];
  for (const arc of [...tour.slice(free + 1), ...tour.slice(0, free + 1), graph.edges.length]) {
    if (arc < graph.edges.length) edges.push(arc);
    else if (edges.length > 0) {
      yield new Path(graph, graph.edges[edges.at(-1) ?? 0]?.to ?? 0, edges);
      edges = [];
    }
  }
}
