import type { Span, TextLine } from '../layout/geometry.ts';
import { shape, type Element } from './shape.ts';

/** Small parts of a drawing. Numbers are written with at most two decimals, so that the same drawing is the same bytes everywhere. */
export const n = (value: number): number => Math.round(value * 100) / 100;

type Points = readonly (readonly [x: number, y: number])[];

const towards = (from: readonly [number, number], to: readonly [number, number], by: number): string => {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  const share = Math.min(1, by / length);
  return `${n(from[0] + (to[0] - from[0]) * share)} ${n(from[1] + (to[1] - from[1]) * share)}`;
};

const distance = (a: readonly [number, number], b: readonly [number, number]): number =>
  Math.hypot(a[0] - b[0], a[1] - b[1]);

const CORNER = 6;

/** A way with rounded corners. */
export const wayOf = (points: Points): string => {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const parts = rest.map((point, index) => {
    const before = points[index] as readonly [number, number];
    const after = points[index + 2];
    if (after === undefined) return `L${n(point[0])} ${n(point[1])}`;
    const radius = Math.min(CORNER, distance(before, point) / 2, distance(point, after) / 2);
    return `L${towards(point, before, radius)}Q${n(point[0])} ${n(point[1])} ${towards(point, after, radius)}`;
  });
  return `M${n(first[0])} ${n(first[1])}${parts.join('')}`;
};

/** The point of an arrow at the end of a way. */
export const headOf = (points: Points): string => {
  const tip = points.at(-1);
  const from = points.at(-2);
  if (tip === undefined || from === undefined) return '';
  const length = distance(tip, from) || 1;
  const [dx, dy] = [(tip[0] - from[0]) / length, (tip[1] - from[1]) / length];
  const at = (back: number, side: number): string =>
    `${n(tip[0] - dx * back - dy * side)} ${n(tip[1] - dy * back + dx * side)}`;
  return `M${n(tip[0])} ${n(tip[1])}L${at(9, 4.5)}L${at(9, -4.5)}Z`;
};

const isAlone = (span: Span): boolean => span.role === 'tag';

const spanShape = (span: Span, line: TextLine): Element[] => {
  const text = shape(
    'text',
    {
      class: span.role,
      x: n(span.x),
      y: n(line.y),
      textLength: n(span.width),
      lengthAdjust: 'spacingAndGlyphs',
    },
    [span.text],
  );
  if (!isAlone(span)) return [text];
  const frame = { x: n(span.x - 6), y: n(line.y - 11), width: n(span.width + 12), height: 14.5, rx: 7 };
  return [shape('rect', { class: 'pill', ...frame }), text];
};

/** Text in its place: each piece squeezed into what was measured, so that no font can make it overflow. */
export const lineShapes = (line: TextLine): Element[] => line.spans.flatMap((span) => spanShape(span, line));

export const titleShape = (text: string): Element => shape('title', {}, [text]);

/** A sign for something that is wrong, with its words. */
export const warningShape = (x: number, y: number, text: string): Element =>
  shape('g', { class: 'problem' }, [
    titleShape(text),
    shape('path', { class: 'warning', d: `M${n(x)} ${n(y - 9)}l9 16h-18Z` }),
    shape('text', { class: 'sign', x: n(x), y: n(y + 5), 'text-anchor': 'middle' }, ['!']),
  ]);
