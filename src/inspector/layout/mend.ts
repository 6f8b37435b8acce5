import type { Geometry, GeometryEdge, GeometryNode } from './geometry.ts';

type Points = GeometryEdge['points'];

/** An arrow from a state into it begins below the header: what is written there is not crossed out. */
const belowHeader = (points: Points, source: GeometryNode): Points => {
  const [first, second, ...rest] = points;
  const floor = source.y + source.header;
  if (first === undefined || second === undefined || first[0] !== second[0]) return points;
  if (first[1] >= floor || second[1] <= floor + 4 || first[1] < source.y - 1) return points;
  return [[first[0], floor], second, ...rest];
};

const inner = new Set(['compound', 'parallel']);

/** A layout in which small things are put right that ELK does not know of. */
export function mend(geometry: Geometry): Geometry {
  const nodes = new Map(geometry.nodes.map((node) => [node.id, node] as const));
  const isWithin = (id: string, outer: string): boolean => {
    for (let at = nodes.get(id)?.parent; at !== undefined; at = nodes.get(at)?.parent)
      if (at === outer) return true;
    return false;
  };
  return {
    ...geometry,
    edges: geometry.edges.map((edge) => {
      const source = nodes.get(edge.source);
      if (source === undefined || !inner.has(source.kind) || !isWithin(edge.target, edge.source)) return edge;
      return { ...edge, points: belowHeader(edge.points, source) };
    }),
  };
}
