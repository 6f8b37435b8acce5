import type { Edge, Graph } from './graph.ts';

/** A way between two junctions; walking it takes one edge of the graph. */
export interface Way {
  readonly from: number;
  readonly to: number;
  /** Edges of the graph, the last is the one that is taken; those before it came just before. */
  readonly edges: readonly number[];
}

/** A directed graph to walk on, with a start. Junctions have numbers; several ways may join the same two. */
export interface Walkway {
  readonly junctions: number;
  readonly start: number;
  readonly ways: readonly Way[];
  /** Numbers of the ways that leave a junction. */
  readonly out: readonly (readonly number[])[];
}

const walkway = (junctions: number, start: number, ways: readonly Way[]): Walkway => {
  const out = Array.from({ length: junctions }, (): number[] => []);
  ways.forEach(({ from }, number) => out[from]?.push(number));
  return { junctions, start, ways, out };
};

/** States as junctions, edges as ways. */
export const stateWalkway = (graph: Graph): Walkway =>
  walkway(
    graph.states.length,
    0,
    graph.edges.map(({ from, to }: Edge, number) => ({ from, to, edges: [number] })),
  );

/**
 * The line graph: every way becomes a junction, and two that follow each other a way. To take all its ways is to take all pairs of ways
 * (1-switch coverage, Chow 1978); of the line graph of the line graph, all triples; and so on.
 */
export function lineGraph({ start, ways, out }: Walkway): Walkway {
  const onto = (from: number, earlier: Way | undefined, next: number): Way => ({
    from,
    to: next + 1,
    edges: [...(earlier?.edges ?? []), ...(ways[next]?.edges.slice(-1) ?? [])],
  });
  return walkway(ways.length + 1, 0, [
    ...(out[start] ?? []).map((next) => onto(0, undefined, next)),
    ...ways.flatMap((way, number) => (out[way.to] ?? []).map((next) => onto(number + 1, way, next))),
  ]);
}
