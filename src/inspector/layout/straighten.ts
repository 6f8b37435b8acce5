import type { Geometry, GeometryEdge, GeometryNode, Rectangle } from './geometry.ts';

/**
 * ELK leaves small jogs in arrows just before they arrive, where the end could as well be a little further along the border. Here such
 * ends are moved, so that the arrow is straight; cosmetic, and undone where it would do harm.
 */
type Point = readonly [x: number, y: number];

/** Jogs up to this width are taken out, pixels. */
const JOG = 18;

/** What an arrow keeps from the corners of a state and from other arrows, pixels. */
const CORNER = 12;
const APART = 7;

/** Work with arrows that arrive from above or below; others are turned first. */
const turn = ([x, y]: Point): Point => [y, x];
const turnBox = ({ x, y, width, height }: Rectangle): Rectangle => ({
  x: y,
  y: x,
  width: height,
  height: width,
});

const isFree = (
  x: number,
  [from, to]: readonly [number, number],
  others: readonly (readonly Point[])[],
): boolean =>
  others.every((points) =>
    points.every((point, index) => {
      const before = points[index - 1];
      if (before === undefined || before[0] !== point[0] || Math.abs(point[0] - x) >= APART) return true;
      const [low, high] = [Math.min(before[1], point[1]), Math.max(before[1], point[1])];
      return high <= Math.min(from, to) || low >= Math.max(from, to);
    }),
  );

/** The way with its end moved to where it comes from; undefined: it has no jog there, or has to keep it. */
const straightened = (
  points: readonly Point[],
  target: Rectangle,
  others: readonly (readonly Point[])[],
): Point[] | undefined => {
  const [d, c, b, a] = [points.at(-1), points.at(-2), points.at(-3), points.at(-4)];
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  const isJog = d[0] === c[0] && c[1] === b[1] && b[0] === a[0] && Math.abs(c[0] - b[0]) <= JOG;
  // Coming back the way it went is no jog.
  if (!isJog || Math.sign(d[1] - c[1]) !== Math.sign(b[1] - a[1])) return undefined;
  const x = b[0];
  if (x < target.x + CORNER || x > target.x + target.width - CORNER) return undefined;
  return isFree(x, [a[1], d[1]], others) ? [...points.slice(0, -4), a, [x, d[1]]] : undefined;
};

const round = new Set(['initial', 'shallow', 'deep']);

const atEnd = (
  points: readonly Point[],
  node: GeometryNode | undefined,
  others: readonly (readonly Point[])[],
): readonly Point[] => {
  if (node === undefined || round.has(node.kind)) return points;
  const upright = straightened(points, node, others);
  if (upright !== undefined) return upright;
  const turned = straightened(
    points.map(turn),
    turnBox(node),
    others.map((other) => other.map(turn)),
  );
  return turned?.map(turn) ?? points;
};

/** A layout with fewer jogs. */
export function straighten(geometry: Geometry): Geometry {
  const nodes = new Map(geometry.nodes.map((node) => [node.id, node] as const));
  const edges: GeometryEdge[] = [...geometry.edges];
  geometry.edges.forEach((edge, index) => {
    if (edge.points.length < 4) return;
    const others = edges.filter((_, place) => place !== index).map(({ points }) => points);
    const ended = atEnd(edge.points, nodes.get(edge.target), others);
    const begun = atEnd(ended.toReversed(), nodes.get(edge.source), others);
    edges[index] = { ...edge, points: begun.toReversed() };
  });
  return { ...geometry, edges };
}
