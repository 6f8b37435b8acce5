import type { Geometry, GeometryEdge, GeometryNode, Rectangle } from './geometry.ts';

/**
 * What is wrong with a layout. ELK is not trusted: charts it lays out badly are known (labels of loops, ways to the state around), so what it
 * answers is measured. `node` makes a layout worthless; an edge or a label that is wrong can be told of otherwise.
 */
export type Flaw =
  | { readonly kind: 'node'; readonly id: string }
  | { readonly kind: 'edge' | 'label'; readonly index: number };

/** How far lines may touch what they should not, pixels: coordinates are rounded. */
const SLACK = 1;

/** How far the end of an arrow may be from the border it should be at, pixels. */
const REACH = 2;

type Point = readonly [x: number, y: number];

export const overlap = (a: Rectangle, b: Rectangle, slack = SLACK): boolean =>
  a.x + slack < b.x + b.width &&
  b.x + slack < a.x + a.width &&
  a.y + slack < b.y + b.height &&
  b.y + slack < a.y + a.height;

const contains = (outer: Rectangle, inner: Rectangle, slack = SLACK): boolean =>
  inner.x >= outer.x - slack &&
  inner.y >= outer.y - slack &&
  inner.x + inner.width <= outer.x + outer.width + slack &&
  inner.y + inner.height <= outer.y + outer.height + slack;

/** Where a compound state has room for what is in it. */
const contentOf = (node: GeometryNode): Rectangle => ({
  x: node.x,
  y: node.y + node.header,
  width: node.width,
  height: node.height - node.header,
});

/** Does the line from a to b enter the inside of the rectangle? Liang and Barsky's clipping. */
export const crosses = (a: Point, b: Point, box: Rectangle, slack = SLACK): boolean => {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  let [from, to] = [0, 1];
  const edges = [
    [-dx, a[0] - (box.x + slack)],
    [dx, box.x + box.width - slack - a[0]],
    [-dy, a[1] - (box.y + slack)],
    [dy, box.y + box.height - slack - a[1]],
  ] as const;
  for (const [p, q] of edges) {
    if (p === 0) {
      if (q <= 0) return false;
      continue;
    }
    const r = q / p;
    if (p < 0) from = Math.max(from, r);
    else to = Math.min(to, r);
  }
  return from < to;
};

const isAtBorder = ([x, y]: Point, box: Rectangle): boolean => {
  const [left, top] = [Math.abs(x - box.x), Math.abs(y - box.y)];
  const [right, bottom] = [Math.abs(x - box.x - box.width), Math.abs(y - box.y - box.height)];
  const isWithin =
    x >= box.x - REACH &&
    x <= box.x + box.width + REACH &&
    y >= box.y - REACH &&
    y <= box.y + box.height + REACH;
  return isWithin && Math.min(left, top, right, bottom) <= REACH;
};

const isSound = ({ x, y, width, height }: Rectangle): boolean =>
  [x, y, width, height].every(Number.isFinite) && width > 0 && height > 0;

/** ELK was told how much room title and rows need; see whether it listened. */
const isWideEnough = ({ x, width, title, rows }: GeometryNode): boolean =>
  [...rows.map((row) => row.x + row.width), ...(title?.spans ?? []).map((span) => span.x + span.width)].every(
    (end) => end <= x + width,
  );

const byParent = (nodes: readonly GeometryNode[]): Map<string | undefined, GeometryNode[]> => {
  const groups = new Map<string | undefined, GeometryNode[]>();
  for (const node of nodes) {
    const group = groups.get(node.parent);
    if (group === undefined) groups.set(node.parent, [node]);
    else group.push(node);
  }
  return groups;
};

export class Inspection {
  readonly #geometry: Geometry;
  readonly #nodes: ReadonlyMap<string, GeometryNode>;
  readonly #canvas: Rectangle;

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
    this.#nodes = new Map(geometry.nodes.map((node) => [node.id, node] as const));
    this.#canvas = { x: 0, y: 0, width: geometry.width, height: geometry.height };
  }

  flaws(): Flaw[] {
    return [...this.#nodeFlaws(), ...this.#edgeFlaws(), ...this.#labelFlaws()];
  }

  #lineage(id: string): Set<string> {
    const ids = new Set<string>();
    for (let at: string | undefined = id; at !== undefined && !ids.has(at); at = this.#nodes.get(at)?.parent)
      ids.add(at);
    return ids;
  }

  #nodeFlaws(): Flaw[] {
    return [...byParent(this.#geometry.nodes)].flatMap(([parent, nodes]) => {
      const around = parent === undefined ? undefined : this.#nodes.get(parent);
      const room = around === undefined ? this.#canvas : contentOf(around);
      return nodes
        .filter(
          (node, index) =>
            !isSound(node) ||
            !isWideEnough(node) ||
            !contains(room, node) ||
            nodes.slice(index + 1).some((other) => overlap(node, other, 0)),
        )
        .map(({ id }): Flaw => ({ kind: 'node', id }));
    });
  }

  #isBadEdge(edge: GeometryEdge): boolean {
    const source = this.#nodes.get(edge.source);
    const target = this.#nodes.get(edge.target);
    const first = edge.points[0];
    const last = edge.points.at(-1);
    if (source === undefined || target === undefined || first === undefined || last === undefined)
      return true;
    if (edge.points.length < 2 || !edge.points.flat().every(Number.isFinite)) return true;
    if (edge.points.some(([x, y]) => x < 0 || y < 0 || x > this.#canvas.width || y > this.#canvas.height))
      return true;
    const starts = isAtBorder(first, source) || isAtBorder(first, contentOf(source));
    if (!starts || !(isAtBorder(last, target) || isAtBorder(last, contentOf(target)))) return true;
    return this.#foreign(edge).some((node) => this.#runsThrough(edge, node));
  }

  /** The states that the arrow has no business in. */
  #foreign({ source, target }: GeometryEdge): GeometryNode[] {
    const from = this.#lineage(source);
    const to = this.#lineage(target);
    return this.#geometry.nodes.filter(({ id }) => {
      if (id === source) return !to.has(id) || source === target;
      if (id === target) return !from.has(id);
      return !from.has(id) && !to.has(id);
    });
  }

  #runsThrough({ points }: GeometryEdge, box: Rectangle): boolean {
    return points.some((point, index) => index > 0 && crosses(points[index - 1] as Point, point, box));
  }

  #edgeFlaws(): Flaw[] {
    return this.#geometry.edges.flatMap((edge, index): Flaw[] =>
      this.#isBadEdge(edge) ? [{ kind: 'edge', index }] : [],
    );
  }

  /** A label may stand in the content of a state, or beside it, but not at its border or in its header. */
  #isClear(label: Rectangle, node: GeometryNode): boolean {
    if (!overlap(label, node)) return true;
    const isContainer = node.kind === 'compound' || node.kind === 'parallel';
    return isContainer && contains(contentOf(node), label);
  }

  #labelFlaws(): Flaw[] {
    const { edges, nodes } = this.#geometry;
    const bad = edges.map(({ label }, index) => {
      if (label === undefined) return false;
      if (!isSound(label) || !contains(this.#canvas, label)) return true;
      if (nodes.some((node) => !this.#isClear(label, node))) return true;
      return edges.slice(0, index).some((other) => other.label !== undefined && overlap(label, other.label));
    });
    return bad.flatMap((is, index): Flaw[] => (is ? [{ kind: 'label', index }] : []));
  }

  /** How hard the drawing is to read: a number to compare two layouts of a chart by. */
  cost(): number {
    const { edges, width, height } = this.#geometry;
    const segments = edges.flatMap(({ points }) =>
      points.slice(1).map((point, index) => [points[index] as Point, point] as const),
    );
    const length = segments.reduce((sum, [a, b]) => sum + Math.hypot(b[0] - a[0], b[1] - a[1]), 0);
    let crossings = 0;
    segments.forEach(([a, b], index) => {
      for (const [c, d] of segments.slice(index + 1)) if (meet(a, b, c, d)) crossings += 1;
    });
    const covered = edges.reduce(
      (sum, { label }, index) =>
        label === undefined
          ? sum
          : sum + edges.filter((edge, other) => other !== index && this.#runsThrough(edge, label)).length,
      0,
    );
    // A page is about as wide as high; what is much longer has to be scrolled.
    const shape = Math.max(width / height / 1.5, height / width / 1.2, 1);
    return length / 100 + crossings * 4 + covered * 12 + Math.sqrt(width * height) * 0.02 * shape;
  }
}

const meet = (a: Point, b: Point, c: Point, d: Point): boolean => {
  const side = (p: Point, q: Point, r: Point): number =>
    Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
};

export const flawsOf = (geometry: Geometry): Flaw[] => new Inspection(geometry).flaws();
