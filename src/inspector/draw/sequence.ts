/** A space-time diagram to take away: a column for each actor, rows downwards. Made from what the page shows, and drawn by the server. */
export interface Sequence {
  readonly lifelines: readonly string[];
  readonly groups: readonly { readonly label: string; readonly from: number }[];
  readonly marks: readonly { readonly column: number; readonly row: number }[];
  readonly messages: readonly SequenceMessage[];
  readonly rows: number;
}

export interface SequenceMessage {
  readonly name: string;
  readonly kind: string;
  readonly fate: string;
  readonly duplicate: boolean;
  readonly reason: string;
  readonly to: string;
  readonly fromColumn: number;
  readonly fromRow: number;
  readonly toColumn: number;
  readonly toRow: number;
  /** It ends half way. */
  readonly stub: boolean;
}

/** Messages in a sequence diagram, at most: viewers of Mermaid give up on more. */
const MOST = 500;

const name = (text: string): string =>
  text.replace(/[;#:\r\n]/g, (each) => `#${each.charCodeAt(0)};`).slice(0, 80);

/** Mermaid's sequenceDiagram: order and fate of the messages, not how long they took. */
export function sequenceMermaid({ lifelines, messages }: Sequence): string {
  const used = new Set(messages.slice(0, MOST).flatMap(({ fromColumn, toColumn }) => [fromColumn, toColumn]));
  const participants = lifelines.flatMap((label, column) =>
    used.has(column) ? [`  participant p${column} as ${name(label)}`] : [],
  );
  const order = messages.slice(0, MOST).sort((a, b) => a.toRow - b.toRow || a.fromRow - b.fromRow);
  const left = messages.length - order.length;
  return [
    'sequenceDiagram',
    ...participants,
    ...order.flatMap(sequenceLine),
    ...(left > 0 ? [`  %% ${left} more messages`] : []),
    '',
  ].join('\n');
}

function sequenceLine(message: SequenceMessage): string[] {
  const { fromColumn, toColumn, stub, kind, fate, duplicate, reason, to } = message;
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
    fate === 'dead' ? `dead letter (${reason})` : '',
    fate === 'pending' ? 'under way' : '',
    stub && fate === 'delivered' ? `to ${to}` : '',
  ].filter((each) => each !== '');
  const note = why.length === 0 ? '' : ` [${why.join(', ')}]`;
  return [`  p${fromColumn}${line}p${toColumn}: ${name(`${message.name}${note}`)}`];
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (each) => `&#${each.charCodeAt(0)};`).replace(/[\p{Cc}]/gu, ' ');

const COLUMN = 132;
const ROW = 30;

/** The whole diagram as one picture that needs nothing else. */
export function sequenceSvg({ lifelines, marks, messages, rows, groups }: Sequence): string {
  const [width, height] = [lifelines.length * COLUMN + 20, (rows + 2) * ROW];
  const x = (column: number): number => column * COLUMN + COLUMN / 2;
  const y = (row: number): number => (row + 2) * ROW;
  const cut = (text: string): string => escape(text.length > 20 ? `${text.slice(0, 19)}…` : text);
  const heads = lifelines.map(
    (label, at) =>
      `<text x="${x(at)}" y="38" class="b">${cut(label)}</text><path d="M${x(at)} 46V${height}" class="l"/>`,
  );
  const drawn = messages.map((message) => {
    const { fromColumn, toColumn, fromRow, toRow, stub, kind, fate, duplicate } = message;
    const [x1, y1] = [x(fromColumn), y(fromRow)];
    const share = stub ? 0.5 : 1;
    const reach = fromColumn === toColumn ? COLUMN / 3 : 0;
    const [x2, y2] = [x1 + (x(toColumn) - x1) * share + reach * (stub ? 1 : 0), y1 + (y(toRow) - y1) * share];
    const line = reach > 0 && !stub ? `M${x1} ${y1}h${reach}V${y2}H${x1}` : `M${x1} ${y1}L${x2} ${y2}`;
    const style = escape(`${kind} ${fate}${duplicate ? ' d' : ''}`);
    const end =
      fate === 'delivered' ? '' : `<text x="${x2}" y="${y2 + 4}">${fate === 'pending' ? '…' : '×'}</text>`;
    return `<path d="${line}" class="a ${style}" marker-end="url(#t)"/>${end}<text x="${(x1 + x2) / 2 + reach}" y="${(y1 + y2) / 2 - 4}">${cut(message.name)}</text>`;
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
