import type { AnyActorLogic } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { collect, type PathOptions } from './collect.ts';
import { cover, type Goals } from './cover.ts';
import { explore } from './explore.ts';
import { graphOf, type Edge, type Graph } from './graph.ts';
import { Path } from './path.ts';
import type { Paths } from './paths.ts';
import { lineGraph, stateWalkway, type Walkway } from './walkway.ts';

export interface CoveringOptions extends Omit<PathOptions, 'to'> {
  /**
   * What is covered: `transitions` of the chart (default), each guarded alternative once; or `edges`, each of them in every state and with
   * every case.
   */
  readonly over?: 'transitions' | 'edges';
  /** Steps after which a path is ended where another can go on, count. Default: no bound; few long paths. */
  readonly length?: number;
}

export interface SwitchOptions extends CoveringOptions {
  /** How often one goes on from one transition to the next: 1 (default) for pairs, 2 for triples. */
  readonly switches?: number;
}

/** Ways in a line graph beyond which sequences are not enumerated, count. */
const mostWays = 2_000_000;

/**
 * Few paths that together take every transition of the chart that can be taken (or every edge between states).
 * @throws TroupeError as `explore`
 */
export const transitionPaths = (machine: AnyActorLogic, options: CoveringOptions = {}): Paths =>
  covering(machine, options, 0);

/**
 * Few paths that together take every pair of transitions that can follow each other: 1-switch coverage; more with `switches`.
 * @throws TroupeError as `explore`; INVALID_OPTION when there are more than two million sequences
 */
export function pairPaths(machine: AnyActorLogic, options: SwitchOptions = {}): Paths {
  const { switches = 1, ...others } = options;
  if (!Number.isInteger(switches) || switches < 1)
    throw new TroupeError(
      'INVALID_OPTION',
      `switches must be a whole number of at least 1, got ${switches}.`,
    );
  return covering(machine, others, switches);
}

function covering(machine: AnyActorLogic, options: CoveringOptions, switches: number): Paths {
  const { over = 'transitions', length = Infinity, stop } = options;
  const graph = explore(graphOf(machine, options, ['stop', 'over', 'length']));
  let walkway = stateWalkway(graph);
  for (let times = 0; times < switches; times++) walkway = switched(walkway);
  const goals = goalsOf(graph, walkway, over, switches + 1);
  return collect(graph, toPaths(graph, walkway, cover(walkway, goals, length)), stop);
}

function switched(walkway: Walkway): Walkway {
  const { out, ways } = walkway;
  const count = ways.reduce((sum, { to }) => sum + (out[to]?.length ?? 0), 0);
  if (count <= mostWays) return lineGraph(walkway);
  throw new TroupeError(
    'INVALID_OPTION',
    `There are ${count} sequences to cover, more than ${mostWays}: bound the states with "filter", give fewer cases, or lower "switches".`,
  );
}

const goalsOf =
  (graph: Graph, { ways }: Walkway, over: 'transitions' | 'edges', length: number): Goals =>
  (way) => {
    const edges = ways[way]?.edges ?? [];
    if (edges.length < length) return [];
    const isChart = graph.observed.labels.length > 0;
    return over === 'edges' || !isChart
      ? [edges.join()]
      : sequences(edges.map((edge) => graph.edges[edge]?.taken ?? []));
  };

/** One of each, in every combination. */
const sequences = (taken: readonly (readonly number[])[]): string[] =>
  taken.reduce<string[]>(
    (heads, next) => heads.flatMap((head) => next.map((number) => `${head}${number},`)),
    [''],
  );

function* toPaths(graph: Graph, { ways }: Walkway, runs: Iterable<readonly number[]>): Generator<Path> {
  for (const run of runs) {
    const edges = run.flatMap((way) => ways[way]?.edges.slice(-1) ?? []);
    const last: Edge | undefined = graph.edges[edges.at(-1) ?? -1];
    yield new Path(graph, last?.to ?? 0, edges);
  }
}
