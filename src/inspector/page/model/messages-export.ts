import type { Entry } from '../../../monitoring/entry.ts';
import type { Diagram, Path } from './messages-diagram.ts';
import { eventText } from './messages-same.ts';

/** Messages in an exported diagram, at most: viewers of Mermaid give up on more. */
const MOST = 500;

const name = (text: string): string =>
  text.replace(/[;#:\r\n]/g, (each) => `#${each.charCodeAt(0)};`).slice(0, 80);

/** Mermaid's sequenceDiagram: order and fate of the messages, not how long they took. */
export function toMermaid({ lifelines, paths }: Diagram): string {
  const used = new Set(paths.slice(0, MOST).flatMap(({ fromColumn, toColumn }) => [fromColumn, toColumn]));
  const participants = lifelines.flatMap(({ label }, column) =>
    used.has(column) ? [`  participant p${column} as ${name(label)}`] : [],
  );
  const order = [...paths.slice(0, MOST)].sort((a, b) => a.toRow - b.toRow || a.fromRow - b.fromRow);
  const left = paths.length - order.length;
  return [
    'sequenceDiagram',
    ...participants,
    ...order.flatMap(sequenceLine),
    ...(left > 0 ? [`  %% ${left} more messages`] : []),
    '',
  ].join('\n');
}

function sequenceLine({ arrow, fromColumn, toColumn, stub }: Path): string[] {
  const { kind, fate, duplicate, event, reason, to } = arrow;
  const line =
    fate === 'lost' || fate === 'dead'
      ? '-x'
      : kind === 'answer' || duplicate
        ? '-->>'
        : kind === 'event'
          ? '-)'
          : '->>';
  const why = [
    duplicate ? 'again' : '',
    fate === 'lost' ? 'lost' : '',
    fate === 'dead' ? `dead letter (${reason ?? ''})` : '',
    fate === 'pending' ? 'under way' : '',
    stub && fate === 'delivered' ? `to ${to}` : '',
  ].filter((each) => each !== '');
  const note = why.length === 0 ? '' : ` [${why.join(', ')}]`;
  return [`  p${fromColumn}${line}p${toColumn}: ${name(`${eventText(event)}${note}`)}`];
}

/** The entries as lines of a recording, which `troupe inspect FILE` opens. */
export function toNdjson(entries: readonly Entry[], system: string): string {
  const header = { kind: 'recording', v: 1, source: 'live', system };
  return [header, ...entries].map((each) => `${JSON.stringify(each)}\n`).join('');
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`).replace(/[\p{Cc}]/gu, ' ');

export const COLUMN = 132;
export const ROW = 30;

/** The whole diagram as one picture that needs nothing else. */
export function toSvg({ lifelines, marks, paths, rows, groups }: Diagram): string {
  const [width, height] = [lifelines.length * COLUMN + 20, (rows + 2) * ROW];
  const x = (column: number): number => column * COLUMN + COLUMN / 2;
  const y = (row: number): number => (row + 2) * ROW;
  const cut = (text: string): string => escape(text.length > 20 ? `${text.slice(0, 19)}…` : text);
  const heads = lifelines.map(
    ({ label }, at) =>
      `<text x="${x(at)}" y="38" class="b">${cut(label)}</text><path d="M${x(at)} 46V${height}" class="l"/>`,
  );
  const drawn = paths.slice(0, MOST * 10).map(({ arrow, fromColumn, toColumn, fromRow, toRow, stub }) => {
    const [x1, y1] = [x(fromColumn), y(fromRow)];
    const share = stub ? 0.5 : 1;
    const reach = fromColumn === toColumn ? COLUMN / 3 : 0;
    const [x2, y2] = [x1 + (x(toColumn) - x1) * share + reach * (stub ? 1 : 0), y1 + (y(toRow) - y1) * share];
    const line = reach > 0 && !stub ? `M${x1} ${y1}h${reach}V${y2}H${x1}` : `M${x1} ${y1}L${x2} ${y2}`;
    const style = `${arrow.kind} ${arrow.fate}${arrow.duplicate ? ' d' : ''}`;
    const end =
      arrow.fate === 'delivered'
        ? ''
        : `<text x="${x2}" y="${y2 + 4}">${arrow.fate === 'pending' ? '…' : '×'}</text>`;
    return `<path d="${line}" class="a ${style}" marker-end="url(#t)"/>${end}<text x="${(x1 + x2) / 2 + reach}" y="${(y1 + y2) / 2 - 4}">${cut(eventText(arrow.event))}</text>`;
  });
  const dots = marks.map(({ column, row }) => `<circle cx="${x(column)}" cy="${y(row)}" r="3"/>`);
  const bands = groups.map(({ label, from }) => `<text x="${x(from)}" y="16" class="g">${cut(label)}</text>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">`,
    '<style>svg{background:#fff;font:12px sans-serif;text-anchor:middle}.l{stroke:#bbb}.a{stroke:#246;fill:none}.answer,.d{stroke-dasharray:5 3}.lost,.dead{stroke:#b00}.b{font-weight:bold}.g{fill:#666}</style>',
    '<marker id="t" viewBox="0 0 6 6" refX="6" refY="3" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0 6 3 0 6z"/></marker>',
    ...bands,
    ...heads,
    ...drawn,
    ...dots,
    '</svg>',
    '',
  ].join('\n');
}
