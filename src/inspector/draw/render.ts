import type { Geometry, GeometryEdge, GeometryNode, Rectangle, Row } from '../layout/geometry.ts';
import { visible } from '../layout/text.ts';
import { countdownShape, countdownsOf } from './countdown.ts';
import { layOn, type Overlay } from './overlay.ts';
import { classes, shape, type Element } from './shape.ts';
import { headOf, lineShapes, n, titleShape, warningShape, wayOf } from './strokes.ts';

const rectShape = (name: string, { x, y, width, height }: Rectangle, inset: number, rx: number): Element =>
  shape('rect', {
    class: name,
    x: n(x + inset),
    y: n(y + inset),
    width: n(Math.max(0, width - 2 * inset)),
    height: n(Math.max(0, height - 2 * inset)),
    rx,
  });

/** What is drawn of a chart whatever goes on in it: what is wrong with it, what of it is folded. */
class Signs {
  readonly problems = new Map<string, string>();
  readonly collapsed: ReadonlySet<string>;
  readonly countdowns: ReadonlyMap<Row, Rectangle>;

  constructor(geometry: Geometry, { problems = [], collapsed }: Pick<Overlay, 'problems' | 'collapsed'>) {
    this.collapsed = new Set(collapsed);
    this.countdowns = countdownsOf(geometry);
    for (const { at, text } of problems) {
      const before = this.problems.get(at);
      this.problems.set(at, before === undefined ? text : `${before}\n${text}`);
    }
  }
}

/** One transition, as text in a box or at an arrow. */
const edgeShape = (row: Row, edge: string, source: string, signs: Signs): Element => {
  const problem = signs.problems.get(edge);
  const countdown = signs.countdowns.get(row);
  const under = {
    x1: n(row.x),
    x2: n(row.x + row.width),
    y1: n(row.y + row.height),
    y2: n(row.y + row.height),
  };
  const around = {
    x: n(row.x - 4),
    y: n(row.y - 1),
    width: n(row.width + 8),
    height: n(row.height + 2),
    rx: 4,
  };
  const drawn = shape('g', { class: 'edge', 'data-edge': edge }, [
    titleShape(row.full ?? edge),
    shape('rect', { class: 'lamp', ...around }),
    ...row.lines.flatMap(lineShapes),
    shape('line', { class: 'underline', ...under }),
    shape('line', { class: 'strike', ...under }),
    ...(countdown === undefined ? [] : [countdownShape(countdown)]),
    ...(problem === undefined ? [] : [warningShape(row.x - 12, row.y + row.height / 2, problem)]),
  ]);
  return { ...drawn, trigger: [source, row.event ?? ''] };
};

/** An edge of which there is nothing to read, but which can be pointed at: one of too many, or told of elsewhere. */
const silentEdge = (edge: string): Element =>
  shape('g', { class: 'edge', 'data-edge': edge }, [titleShape(edge)]);

const rowShapes = (row: Row, source: string, signs: Signs): Element[] =>
  row.edge === undefined
    ? [shape('g', { class: 'row' }, row.lines.flatMap(lineShapes))]
    : [edgeShape(row, row.edge, source, signs)];

const roundShapes = (node: GeometryNode): Element[] => {
  const [cx, cy] = [n(node.x + node.width / 2), n(node.y + node.height / 2)];
  const r = n(node.width / 2);
  if (node.kind === 'initial') return [shape('circle', { class: 'dot', cx, cy, r })];
  const text = node.kind === 'deep' ? 'H*' : 'H';
  return [
    shape('circle', { class: 'box', cx, cy, r }),
    shape('text', { class: 'title', x: cx, y: n(cy + 4.5), 'text-anchor': 'middle' }, [text]),
  ];
};

/** Corners of the band are those of the frame above, and square below. */
const bandShape = ({ x, y, width, header }: GeometryNode): Element => {
  const r = 10;
  const d = `M${n(x)} ${n(y + header)}V${n(y + r)}Q${n(x)} ${n(y)} ${n(x + r)} ${n(y)}H${n(x + width - r)}Q${n(x + width)} ${n(y)} ${n(x + width)} ${n(y + r)}V${n(y + header)}Z`;
  return shape('path', { class: 'band', d });
};

const ruleShape = (node: GeometryNode, y: number): Element =>
  shape('path', { class: 'rule', d: `M${n(node.x)} ${n(y)}H${n(node.x + node.width)}` });

const outlineShapes = (node: GeometryNode): Element[] => {
  if (node.kind === 'initial' || node.kind === 'shallow' || node.kind === 'deep') return roundShapes(node);
  if (node.kind === 'compound' || node.kind === 'parallel') {
    return [bandShape(node), ruleShape(node, node.y + node.header), rectShape('frame', node, 0, 10)];
  }
  const isFinal = node.kind === 'final';
  return [
    rectShape('box', node, 0, 10),
    ...(isFinal ? [rectShape('rim', node, 4, 7)] : []),
    ...(node.rows.length > 0 && !isFinal ? [ruleShape(node, node.y + 28)] : []),
  ];
};

const markShapes = (node: GeometryNode, signs: Signs): Element[] => {
  const problem = signs.problems.get(node.id);
  const [right, top] = [node.x + node.width, node.y];
  return [
    shape('path', { class: 'mark', d: `M${n(node.x - 5)} ${n(top + 8)}l12 7l-12 7Z` }),
    ...(signs.collapsed.has(node.id)
      ? [shape('path', { class: 'rule', d: `M${n(right - 18)} ${n(top + 14)}h10m-5 -5v10` })]
      : []),
    ...(problem === undefined ? [] : [warningShape(right, top, problem)]),
    ...(node.parent === undefined ? [] : [shape('text', { class: 'count', x: n(right - 2), y: n(top - 4) })]),
  ];
};

const kindWords = { shallow: 'history', deep: 'deep history' } as const;

const stateTitle = (node: GeometryNode): string => {
  const kind = node.kind in kindWords ? kindWords[node.kind as keyof typeof kindWords] : node.kind;
  const description = node.description === undefined ? '' : `\n${node.description}`;
  return `${node.name === '' ? kind : `${node.name} (${kind})`}${description}`;
};

const stateShape = (node: GeometryNode, signs: Signs): Element => {
  const isPseudo = node.kind === 'initial';
  return shape(
    'g',
    {
      class: classes(isPseudo ? 'pseudo' : 'state', node.kind, node.region && 'region'),
      ...(isPseudo ? {} : { 'data-state': node.id }),
    },
    [
      ...(isPseudo ? [] : [titleShape(stateTitle(node))]),
      ...outlineShapes(node),
      ...(node.title === undefined ? [] : lineShapes(node.title)),
      ...node.rows.flatMap((row) => rowShapes(row, node.id, signs)),
      ...(isPseudo ? [] : markShapes(node, signs)),
    ],
  );
};

const arrowShape = ({ kind, members, points }: GeometryEdge): Element => {
  const drawn = shape('g', { class: classes('arrow', kind) }, [
    shape('path', { class: 'line', d: wayOf(points) }),
    shape('path', { class: 'head', d: headOf(points) }),
  ]);
  return kind === 'transition' ? { ...drawn, edges: members.map(({ id }) => id) } : drawn;
};

/** What stands at an arrow. A transition that is told of in its state's box has its element there. */
const labelShape = (edge: GeometryEdge, told: ReadonlySet<string>, signs: Signs): Element[] => {
  const rows = edge.label?.rows ?? [];
  const written = new Set(rows.flatMap((row) => row.edge ?? []));
  const members = edge.kind === 'transition' ? edge.members : [];
  const silent = members.filter(({ id }) => !written.has(id) && !told.has(id));
  if (edge.label === undefined && silent.length === 0) return [];
  return [
    shape('g', { class: 'labels' }, [
      ...(edge.label === undefined ? [] : [rectShape('label', edge.label, 0, 4)]),
      ...rows.flatMap((row) => rowShapes(row, edge.source, signs)),
      ...silent.map(({ id }) => silentEdge(id)),
    ]),
  ];
};

/** A chart that has been laid out, drawn with all that may come to lie on it: what does not lie there is left out by `layOn` (overlay.ts). */
export function drawChart(geometry: Geometry, shown: Pick<Overlay, 'problems' | 'collapsed'> = {}): Element {
  const signs = new Signs(geometry, shown);
  const { width, height, nodes, edges } = geometry;
  const told = new Set(nodes.flatMap(({ rows }) => rows.flatMap((row) => row.edge ?? [])));
  return shape(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      class: 'chart',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'aria-label': `Statechart ${nodes[0]?.name ?? geometry.chart}`,
    },
    [
      shape('rect', { class: 'canvas', width, height }),
      // Below the states: what passes a header passes behind it, and does not cross out what is written there.
      ...edges.map(arrowShape),
      ...nodes.map((node) => stateShape(node, signs)),
      ...edges.flatMap((edge) => labelShape(edge, told, signs)),
    ],
  );
}

/**
 * A chart that has been laid out, drawn: an `svg` element. Every state is a `g` with `data-state`, every transition a `g` with `data-edge` (edges.ts; one for each of
 * its targets);
 * the look is in the classes (theme.ts). Pure: the same geometry and overlay give the same drawing.
 */
export function renderChart(geometry: Geometry, overlay: Overlay = {}): Element {
  const timers = Object.entries(overlay.timers ?? {}).map(([edge, text]) => [edge, visible(text)] as const);
  return layOn(drawChart(geometry, overlay), { ...overlay, timers: Object.fromEntries(timers) });
}
