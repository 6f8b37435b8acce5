import { drawingLimits } from '../../limits.ts';
import { INSET, type Arrow, type Box, type Model } from './model.ts';
import { moveRows, TYPE } from './block.ts';
import {
  idsOf,
  type Direction,
  type ElkEdge,
  type ElkNode,
  type ElkShape,
  type Method,
} from './elk-graph.ts';
import type { Geometry, GeometryEdge, GeometryNode, Rectangle, TextLine } from './geometry.ts';
import { titleOf } from './phrase.ts';
import { shorten, visible } from './text.ts';

const round = (value: number): number => Math.round(value * 100) / 100;

const rectangle = ({ x = 0, y = 0, width = 0, height = 0 }: ElkShape): Rectangle => ({
  x: round(x),
  y: round(y),
  width: round(width),
  height: round(height),
});

const oneLine = (text: string): string =>
  shorten(visible(text.trim().replace(/\s+/g, ' ')), drawingLimits.full);

const isBare = (box: Box): boolean => box.children.length === 0 && box.block.rows.length === 0;

/** The title of a state with nothing else in it stands in its middle, of any other at its upper left. */
const titleLine = (box: Box, at: Rectangle): { title?: TextLine } => {
  if (box.title === '') return {};
  const rim = box.kind === 'final' ? 4 : 0;
  const x = isBare(box) ? at.x + (at.width - box.titleWidth) / 2 : at.x + INSET.x + rim;
  const y = isBare(box) ? at.y + at.height / 2 + 4.5 : at.y + 20 + rim;
  const span = { text: box.title, role: 'title' as const, x: round(x), width: round(box.titleWidth) };
  return { title: { y: round(y), size: TYPE.title, spans: [span] } };
};

/** A box where it has been put. */
export const placeBox = (box: Box, at: Rectangle): GeometryNode => {
  const rim = box.kind === 'final' ? 4 : 0;
  const { state, block } = box;
  const isRound = box.kind === 'shallow' || box.kind === 'deep';
  return {
    id: state.id,
    ...(box.parent === undefined ? {} : { parent: box.parent.state.id }),
    kind: box.kind,
    region: box.region,
    name: box.title === '' ? '' : oneLine(titleOf(state)),
    ...at,
    ...titleLine(box, at),
    ...(state.description === undefined ? {} : { description: oneLine(state.description) }),
    rows: isRound ? [] : moveRows(block.rows, at.x + INSET.x + rim, at.y + INSET.title + INSET.rows + rim),
    header: isRound || box.children.length === 0 ? at.height : box.header.height,
  };
};

const pointsOf = (edge: ElkEdge | undefined): [number, number][] => {
  const points = (edge?.sections ?? []).flatMap(({ startPoint, bendPoints = [], endPoint }) =>
    [startPoint, ...bendPoints, endPoint].map(({ x, y }): [number, number] => [round(x), round(y)]),
  );
  return points.filter(
    ([x, y], index) => index === 0 || points[index - 1]?.[0] !== x || points[index - 1]?.[1] !== y,
  );
};

const labelOf = (arrow: Arrow, edge: ElkEdge | undefined): Pick<GeometryEdge, 'label'> => {
  const [found] = edge?.labels ?? [];
  if (arrow.label === undefined || found === undefined) return {};
  const at = rectangle(found);
  return { label: { ...at, rows: moveRows(arrow.label.rows, at.x + 4, at.y + 2) } };
};

const collect = (node: ElkNode, nodes: Map<string, ElkNode>, edges: Map<string, ElkEdge>): void => {
  nodes.set(node.id, node);
  for (const edge of node.edges ?? []) edges.set(edge.id, edge);
  for (const child of node.children ?? []) collect(child, nodes, edges);
};

const initialNode = (arrow: Arrow, found: ElkNode | undefined): GeometryNode => ({
  id: `${arrow.source}:initial`,
  parent: arrow.source,
  kind: 'initial',
  region: false,
  name: 'initial',
  ...rectangle(found ?? { id: '' }),
  rows: [],
  header: 0,
});

/** ELK's answer as geometry, whatever it is worth: see check.ts. */
export function fromElk(model: Model, answer: ElkNode, method: Method, direction: Direction): Geometry {
  const ids = idsOf(model);
  const nodes = new Map<string, ElkNode>();
  const edges = new Map<string, ElkEdge>();
  collect(answer, nodes, edges);
  const starts = new Map(
    model.arrows.flatMap((arrow) => (arrow.kind === 'initial' ? [[arrow.source, arrow]] : [])),
  );
  return {
    version: 1,
    chart: model.root.state.id,
    method,
    direction,
    width: Math.ceil(answer.width ?? 0),
    height: Math.ceil(answer.height ?? 0),
    nodes: model.boxes.flatMap((box) => {
      const { id } = box.state;
      const start = starts.get(id);
      return [
        placeBox(box, rectangle(nodes.get(ids.box(id)) ?? { id })),
        ...(start === undefined ? [] : [initialNode(start, nodes.get(ids.initial(id)))]),
      ];
    }),
    edges: model.arrows.map((arrow, index): GeometryEdge => {
      const edge = edges.get(ids.arrow(index));
      return {
        kind: arrow.kind,
        source: arrow.kind === 'initial' ? `${arrow.source}:initial` : arrow.source,
        target: arrow.target,
        members: arrow.members,
        points: pointsOf(edge),
        ...labelOf(arrow, edge),
      };
    }),
    omitted: model.omitted,
  };
}
