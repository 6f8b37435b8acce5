import type { Chart } from '../../../src/inspector/index.ts';
import { statesOf } from '../../../src/inspector/draw/chart.ts';
import { edgesOf } from '../../../src/inspector/index.ts';
import type {
  Geometry,
  GeometryEdge,
  GeometryNode,
  Rectangle,
  Row,
} from '../../../src/inspector/layout/geometry.ts';

/**
 * Is a drawing readable? Measured from its geometry by walking along lines and counting characters: slow and simple on purpose, and sharing
 * nothing with the checks that the layout makes of itself.
 */
const inside = (inner: Rectangle, outer: Rectangle, slack = 1): boolean =>
  inner.x >= outer.x - slack &&
  inner.y >= outer.y - slack &&
  inner.x + inner.width <= outer.x + outer.width + slack &&
  inner.y + inner.height <= outer.y + outer.height + slack;

const apart = (a: Rectangle, b: Rectangle, slack = 1): boolean =>
  a.x + a.width <= b.x + slack ||
  b.x + b.width <= a.x + slack ||
  a.y + a.height <= b.y + slack ||
  b.y + b.height <= a.y + slack;

const below = (node: GeometryNode): Rectangle => ({
  x: node.x,
  y: node.y + node.header,
  width: node.width,
  height: node.height - node.header,
});

/** A point every second pixel of a way. */
const walk = (points: GeometryEdge['points']): [number, number][] =>
  points.slice(1).flatMap(([x, y], index) => {
    const [fromX, fromY] = points[index]!;
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / 2));
    return Array.from({ length: steps + 1 }, (_, step): [number, number] => [
      fromX + ((x - fromX) * step) / steps,
      fromY + ((y - fromY) * step) / steps,
    ]);
  });

const within = ([x, y]: readonly [number, number], box: Rectangle, inset: number): boolean =>
  x > box.x + inset && x < box.x + box.width - inset && y > box.y + inset && y < box.y + box.height - inset;

const isAtBorder = (point: readonly [number, number], box: Rectangle): boolean =>
  within(point, box, -3) && !within(point, box, 3);

/** Six tenths of the size for each Latin letter; nothing here is wider than two of them. */
const widthIsRight = (text: string, width: number, size: number): boolean => {
  if (/^[\x20-\x7e…→]*$/.test(text)) return Math.abs(width - text.length * size * 0.6) < 0.2;
  const most = Array.from(new Intl.Segmenter('en').segment(text)).length * 2;
  return width > 0 && width <= most * size * 0.6 + 0.2;
};

const rowIn = (row: Row, box: Rectangle): string[] => {
  const bad: string[] = [];
  if (!inside(row, box, 0.5)) bad.push(`row "${row.full}" leaves its box`);
  for (const { y, size, spans } of row.lines) {
    if (y - size * 0.8 < box.y - 0.5 || y + size * 0.25 > box.y + box.height + 0.5)
      bad.push(`line of "${row.full}" leaves its box`);
    let end = -Infinity;
    for (const { text, x, width } of spans) {
      if (x < box.x - 0.5 || x + width > box.x + box.width + 0.5) bad.push(`"${text}" is cut`);
      if (x < end) bad.push(`"${text}" stands in what is before it`);
      if (!widthIsRight(text, width, size)) bad.push(`"${text}" is said to be ${width} wide`);
      end = x + width;
    }
  }
  return bad;
};

export class Measured {
  readonly #geometry: Geometry;
  readonly #nodes: ReadonlyMap<string, GeometryNode>;

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
    this.#nodes = new Map(geometry.nodes.map((node) => [node.id, node]));
  }

  #above(id: string): string[] {
    const node = this.#nodes.get(id);
    return node === undefined ? [] : [id, ...(node.parent === undefined ? [] : this.#above(node.parent))];
  }

  /** Everything that is not as it should be; empty for a good drawing. */
  faults(): string[] {
    return [...this.#boxes(), ...this.#texts(), ...this.#labels(), ...this.#ways()];
  }

  #boxes(): string[] {
    const { nodes, width, height } = this.#geometry;
    return nodes.flatMap((node, index) => {
      const parent =
        node.parent === undefined ? { x: 0, y: 0, width, height } : below(this.#nodes.get(node.parent)!);
      const clash = nodes
        .slice(index + 1)
        .find((other) => other.parent === node.parent && !apart(node, other, 0));
      return [
        ...(inside(node, parent) ? [] : [`${node.id} is not in its parent`]),
        ...(clash === undefined ? [] : [`${node.id} overlaps ${clash.id}`]),
        ...(node.width > 0 && node.height > 0 ? [] : [`${node.id} has no size`]),
      ];
    });
  }

  #texts(): string[] {
    return this.#geometry.nodes.flatMap((node) => {
      const head = { x: node.x, y: node.y, width: node.width, height: node.header };
      const title: Row[] =
        node.title === undefined ? [] : [{ ...head, full: node.name, lines: [node.title] }];
      return [...title, ...node.rows].flatMap((row) => rowIn(row, head));
    });
  }

  #labels(): string[] {
    const { edges, nodes, width, height } = this.#geometry;
    const labels = edges.flatMap(({ label }) => label ?? []);
    return labels.flatMap((label, index) => [
      ...label.rows.flatMap((row) => rowIn(row, label)),
      ...(inside(label, { x: 0, y: 0, width, height }) ? [] : ['a label leaves the drawing']),
      ...labels.slice(index + 1).flatMap((other) => (apart(label, other) ? [] : ['two labels overlap'])),
      ...nodes.flatMap((node) =>
        apart(label, node) || (node.header < node.height && inside(label, below(node)))
          ? []
          : [`label "${label.rows[0]?.full}" is at ${node.id}`],
      ),
    ]);
  }

  #ways(): string[] {
    return this.#geometry.edges.flatMap((edge) => {
      const name = `arrow ${edge.source} → ${edge.target}`;
      const [source, target] = [this.#nodes.get(edge.source)!, this.#nodes.get(edge.target)!];
      const steps = walk(edge.points);
      const first = edge.points[0];
      const last = edge.points.at(-1);
      if (first === undefined || last === undefined || steps.length < 2) return [`${name} has no way`];
      const around = new Set([...this.#above(edge.source), ...this.#above(edge.target)]);
      const passed = this.#geometry.nodes.filter(
        (node) => !around.has(node.id) && steps.some((step) => within(step, node, 1.5)),
      );
      // Of its own ends, it may only be in one that holds the other.
      const ends = [
        ...(this.#above(edge.target).includes(edge.source) && edge.source !== edge.target ? [] : [source]),
        ...(this.#above(edge.source).includes(edge.target) && edge.source !== edge.target ? [] : [target]),
      ].filter((node) => steps.some((step) => within(step, node, 1.5)));
      return [
        ...[...passed, ...ends].map((node) => `${name} runs through ${node.id}`),
        ...(isAtBorder(first, source) || isAtBorder(first, below(source))
          ? []
          : [`${name} does not begin at its source`]),
        ...(isAtBorder(last, target) || isAtBorder(last, below(target))
          ? []
          : [`${name} does not end at its target`]),
      ];
    });
  }

  /** Labels that lie on the way of another arrow, count: it passes behind them. */
  covered(): number {
    const { edges } = this.#geometry;
    return edges.reduce((sum, edge, index) => {
      const { label } = edge;
      if (label === undefined) return sum;
      const passing = edges.filter(
        (other, place) => place !== index && walk(other.points).some((step) => within(step, label, 1.5)),
      );
      return sum + passing.length;
    }, 0);
  }
}

/** What of a chart is not in its drawing; nothing collapsed. */
export function missing(chart: Chart, { nodes, edges }: Geometry): string[] {
  const drawn = new Set([
    ...nodes.map(({ id }) => id),
    ...nodes.flatMap(({ rows }) => rows.flatMap(({ edge }) => edge ?? [])),
    ...edges.flatMap(({ members }) => members.map(({ id }) => id)),
  ]);
  return [...statesOf(chart.root), ...edgesOf(chart)].map(({ id }) => id).filter((id) => !drawn.has(id));
}
