import { Tally } from '../cover/coverage.ts';
import type { Edge, Graph } from './graph.ts';
import type { ExploreOptions, PathLimits } from './options.ts';
import { Path } from './path.ts';
import { Paths } from './paths.ts';
import type { Stop } from './stop.ts';
import type { Target } from './target.ts';

/** Options of all generators. */
export interface PathOptions extends ExploreOptions {
  /** Only paths that end in such a state; those of `randomPaths` end where they reach one. */
  readonly to?: Target;
  /** When enough is done: the path is ended there, and no further one is made. */
  readonly stop?: Stop;
}

export const pathOptionNames = ['to', 'stop'] as const;

/** Paths between two looks at the clock, count. */
const betweenLooks = 64;

/** The candidates, as far as the limits and the stop condition let them come. */
export function collect(graph: Graph, candidates: Iterable<Path>, stop?: Stop): Paths {
  const paths: Path[] = [];
  const { clock } = graph.options;
  const deadline = (clock?.now() ?? 0) + graph.limits.time;
  const tally = new Tally(graph);
  let limit: keyof PathLimits | undefined;
  for (const candidate of candidates) {
    if (paths.length >= graph.limits.paths) limit = 'paths';
    if (paths.length % betweenLooks === 0 && clock !== undefined && clock.now() >= deadline) limit = 'time';
    if (limit !== undefined) break;
    const kept = stop === undefined ? undefined : cut(candidate, stop, tally);
    paths.push(kept ?? candidate);
    if (kept !== undefined) break;
  }
  return new Paths(graph, paths, limit);
}

/** The part of a path up to where the condition holds; undefined when it nowhere does. */
function cut({ graph, edges }: Path, stop: Stop, tally: Tally): Path | undefined {
  tally.begin();
  let at = 0;
  const holds = (length: number): boolean => stop({ graph, tally, length, view: () => graph.view(at) });
  if (holds(0)) return new Path(graph, 0, []);
  for (const [index, number] of edges.entries()) {
    const edge = graph.edges[number] as Edge;
    tally.step(edge);
    at = edge.to;
    if (holds(index + 1)) return new Path(graph, at, edges.slice(0, index + 1));
  }
  return undefined;
}
