import type { Geometry, GeometryNode, Rectangle, Row } from '../layout/geometry.ts';
import { widthOf } from '../layout/text.ts';
import { shape, type Element } from './shape.ts';
import { n } from './strokes.ts';

const PAD = 5;

/**
 * Of a pill, px, whatever it says, so that it does not jump: `59.9 s` and a little more; where there is no room for that, what it says is
 * squeezed.
 */
const WIDTHS = [widthOf('59.9 s ', 11) + 2 * PAD, 40];
const HEIGHT = 16;

/** What a pill keeps from the text it belongs to, px. */
const APART = 4;

const overlaps = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const isWithin = (a: Rectangle, b: Rectangle): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

const titleBox = ({ title }: GeometryNode): Rectangle[] => {
  const span = title?.spans[0];
  if (title === undefined || span === undefined) return [];
  return [{ x: span.x, y: title.y - title.size, width: span.width, height: title.size + 4 }];
};

/** What has to stay readable: text, and of states that hold no others and in which the row does not stand, all. */
const takenBy = ({ nodes, edges }: Geometry, own: Row): Rectangle[] => [
  ...nodes.flatMap((node) =>
    node.header === node.height && !isWithin(own, node) ? [node] : [...titleBox(node), ...node.rows],
  ),
  ...edges.flatMap(({ label }) => label?.rows ?? []),
];

/** Behind the last line of a row, else before it, below, above. */
const candidates = (row: Row, width: number): Rectangle[] => {
  const last = row.lines.at(-1)?.spans.at(-1);
  const end = last === undefined ? row.x + row.width : last.x + last.width;
  const size = { width, height: HEIGHT };
  return [
    { x: end + APART, y: row.y + row.height - HEIGHT, ...size },
    { x: row.x - APART - width, y: row.y, ...size },
    { x: row.x, y: row.y + row.height + 1, ...size },
    { x: row.x, y: row.y - HEIGHT - 1, ...size },
  ];
};

/** Where nothing is free, a countdown stands on the word `after`. */
const onWord = (row: Row): Rectangle => {
  const [line] = row.lines;
  const word = line?.spans.find(({ role }) => role === 'keyword');
  const [x, y, width] = [word?.x ?? row.x, line?.y ?? row.y, word?.width ?? row.width];
  return { x: x - APART, y: y - 12, width: width + 2 * APART, height: HEIGHT };
};

const isDelay = ({ edge, event }: Row): boolean =>
  edge !== undefined && event?.startsWith('xstate.after.') === true;

/** By row: where it is said how much time a delay still has, so that it covers nothing that is written. */
export function countdownsOf(geometry: Geometry): ReadonlyMap<Row, Rectangle> {
  const { nodes, edges, width, height } = geometry;
  const canvas = { x: 0, y: 0, width, height };
  const found = new Map<Row, Rectangle>();
  const rows = [...nodes.flatMap((node) => node.rows), ...edges.flatMap(({ label }) => label?.rows ?? [])];
  for (const row of rows.filter(isDelay)) {
    const taken = [...takenBy(geometry, row), ...found.values()];
    const free = WIDTHS.flatMap((each) => candidates(row, each)).find(
      (place) => isWithin(place, canvas) && !taken.some((each) => overlaps(place, each)),
    );
    found.set(row, free ?? onWord(row));
  }
  return found;
}

export const countdownShape = ({ x, y, width, height }: Rectangle): Element =>
  shape('g', { class: 'countdown' }, [
    shape('rect', { class: 'timer', x: n(x), y: n(y), width: n(width), height, rx: 8 }),
    shape('text', {
      class: 'time',
      x: n(x + width / 2),
      y: n(y + 12),
      'text-anchor': 'middle',
      textLength: n(width - 2 * PAD),
      lengthAdjust: 'spacingAndGlyphs',
    }),
  ]);
