import { drawingLimits } from '../../limits.ts';
import type { Row, Span, TextLine } from './geometry.ts';
import { fullText, type Phrase, type Piece } from './phrase.ts';
import { cells, shorten, visible, widthOf } from './text.ts';

/** Sizes of type, in pixels. */
export const TYPE = { row: 12, title: 13, line: 17, baseline: 12.5, gap: 3 } as const;

/** Rows laid out from (0, 0), to be moved to where there is room for them. */
export interface Block {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly Row[];
}

/** Around a tag there is room for its frame. */
const margin = (piece: Piece): number => (piece.role === 'tag' ? 1 : 0);

const space = (piece: Piece): number => cells(piece.text) + 2 * margin(piece);

/** Cells from a piece to the next one that opens a group. */
const groupSpace = (pieces: readonly Piece[], from: number): number => {
  let sum = space(pieces[from] as Piece);
  for (let next = from + 1; next < pieces.length && pieces[next]?.opens !== true; next += 1) {
    sum += 1 + space(pieces[next] as Piece);
  }
  return sum;
};

/** Cells by which all lines of a row but the first are moved in: where one row ends and the next begins is seen at a glance. */
const INDENT = 2;

const indentOf = (pieces: readonly Piece[]): number =>
  pieces[0]?.role === 'note' || pieces[0]?.role === 'tag' ? 0 : INDENT;

/** Greedy line breaking; a group that does not fit behind what is there goes on a line of its own. */
const breakLines = (given: readonly Piece[], most: number): Piece[][] => {
  const indent = indentOf(given);
  const pieces = given.map((piece) => ({
    ...piece,
    text: shorten(visible(piece.text), most - indent - 2 * margin(piece)),
  }));
  const lines: Piece[][] = [];
  let line: Piece[] = [];
  let used = 0;
  pieces.forEach((piece, index) => {
    const needed = piece.opens === true ? groupSpace(pieces, index) : space(piece);
    if (line.length > 0 && used + 1 + needed > most) {
      lines.push(line);
      line = [];
      used = indent;
    }
    used += (line.length > 0 ? 1 : 0) + space(piece);
    line.push(piece);
  });
  return line.length > 0 ? [...lines, line] : lines;
};

const cell = widthOf(' ', TYPE.row);

const spansOf = (line: readonly Piece[], indent: number): Span[] => {
  let x = indent * cell;
  return line.map((piece) => {
    x += margin(piece) * cell;
    const width = widthOf(piece.text, TYPE.row);
    const span: Span = { text: piece.text, role: piece.role, x, width };
    x += width + margin(piece) * cell + cell;
    return span;
  });
};

const endOf = (spans: readonly Span[]): number => {
  const last = spans.at(-1);
  return last === undefined ? 0 : last.x + last.width + (last.role === 'tag' ? cell : 0);
};

const toRow = (phrase: Phrase, y: number, most: number): Row => {
  const broken = breakLines(phrase.pieces, most);
  const kept = broken.slice(0, drawingLimits.lines);
  if (broken.length > kept.length) kept.at(-1)?.push({ text: '…', role: 'more' });
  const lines = kept.map((line, index): TextLine => ({
    y: y + index * TYPE.line + TYPE.baseline,
    size: TYPE.row,
    spans: spansOf(line, index === 0 ? 0 : indentOf(phrase.pieces)),
  }));
  const full = fullText(phrase);
  return {
    ...(phrase.edge === undefined ? {} : { edge: phrase.edge }),
    ...(phrase.event === undefined ? {} : { event: phrase.event }),
    ...(full === '' ? {} : { full }),
    x: 0,
    y,
    width: Math.max(0, ...lines.map(({ spans }) => endOf(spans))),
    height: lines.length * TYPE.line,
    lines,
  };
};

/** Phrases one below the other; of too many, the rest is counted in a last row. */
export function toBlock(phrases: readonly Phrase[], most: number = drawingLimits.line): Block {
  const kept = phrases.length > drawingLimits.rows + 1 ? phrases.slice(0, drawingLimits.rows) : phrases;
  const more: Phrase[] =
    kept.length === phrases.length
      ? []
      : [{ pieces: [{ text: `+ ${phrases.length - kept.length} more`, role: 'more' }] }];
  const rows: Row[] = [];
  let y = 0;
  for (const phrase of [...kept, ...more]) {
    const row = toRow(phrase, y, most);
    if (row.lines.length === 0) continue;
    rows.push(row);
    y += row.height + TYPE.gap;
  }
  return { width: Math.max(0, ...rows.map(({ width }) => width)), height: Math.max(0, y - TYPE.gap), rows };
}

const round = (value: number): number => Math.round(value * 100) / 100;

/** Rows moved by so much. */
export const moveRows = (rows: readonly Row[], dx: number, dy: number): Row[] =>
  rows.map((row) => ({
    ...row,
    x: round(row.x + dx),
    y: round(row.y + dy),
    width: round(row.width),
    height: round(row.height),
    lines: row.lines.map((line) => ({
      ...line,
      y: round(line.y + dy),
      spans: line.spans.map((span) => ({ ...span, x: round(span.x + dx), width: round(span.width) })),
    })),
  }));
