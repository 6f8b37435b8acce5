import type { Order } from './messages-order.ts';
import { isOutside, serviceOf, sharedColumns } from './messages-address.ts';
import type { Arrow, Occurrence, Traffic } from './messages-traffic.ts';

/** A space-time diagram (Lamport 1978): a column for each actor, rows downwards in the order chosen. Whole numbers; the view scales them. */
export interface Diagram {
  readonly lifelines: readonly Lifeline[];
  readonly groups: readonly { readonly label: string; readonly from: number; readonly to: number }[];
  /** By row. */
  readonly marks: readonly Mark[];
  /** By the row they start in. */
  readonly paths: readonly Path[];
  readonly rows: number;
  /** Clock time by row, where the recording has clocks. */
  readonly times: readonly (number | undefined)[];
  /** Actors that have no column, since there are too many. */
  readonly omitted: number;
  /** Actors that share a column with others of their kind, since there are too many. */
  readonly shared: number;
}

export interface Lifeline {
  /** Address; `''` is the outside, `'\0network'` what the network did. */
  readonly actor: string;
  readonly label: string;
}

export interface Mark {
  readonly column: number;
  readonly row: number;
  readonly occurrence: Occurrence;
  /** How many in a row without any message stand here; 1: just this. */
  readonly count: number;
}

export interface Path {
  readonly arrow: Arrow;
  readonly fromColumn: number;
  readonly fromRow: number;
  readonly toColumn: number;
  readonly toRow: number;
  /** It ends half way: lost, dead, not arrived, or its receiver is not shown. */
  readonly stub: boolean;
}

export interface DiagramOptions {
  readonly order: 'causal' | 'clock';
  /** Draw what happens to an actor without any message as one mark. */
  readonly collapse: boolean;
  /** Show deliveries that changed nothing. */
  readonly unheeded: boolean;
  readonly include?: (occurrence: Occurrence) => boolean;
}

export const OUTSIDE = '';
export const NETWORK = '\0network';
/** Columns that are drawn at most. */
const LIFELINES = 60;
/** Rows until an answer that sets off no step. */
const QUIET = 0.6;

const laneOf = ({ actor, kind }: Occurrence): string | undefined =>
  actor ?? (kind === 'letter' ? undefined : NETWORK);

export function diagramOf(traffic: Traffic, order: Order, options: DiagramOptions): Diagram {
  const { occurrences, arrows } = traffic;
  const isShown = (index: number | undefined): boolean => {
    const each = index === undefined ? undefined : occurrences[index];
    return each !== undefined && (each.heeded || options.unheeded) && (options.include?.(each) ?? true);
  };
  const isHidden = (index: number | undefined): boolean =>
    index !== undefined && occurrences[index]?.heeded === false && !options.unheeded;
  const wanted = arrows.filter(
    ({ source, target }) => (isShown(source) && !isHidden(target)) || isShown(target),
  );
  const shown = occurrences.filter(({ index, kind }) => isShown(index) && kind !== 'letter');
  const letters = new Set(wanted.filter(({ fate }) => fate === 'dead').map(({ target }) => target));
  const withLetters = shown.concat(occurrences.filter(({ index }) => letters.has(index)));
  const told = options.collapse ? speaking(withLetters, wanted) : withLetters;
  const shared = sharedColumns(told.flatMap(({ actor }) => actor ?? []));
  const { columns, lifelines, groups, omitted } = columnsOf(told, wanted, shared);
  const marks = marksOf(shown, wanted, columns, options.collapse);
  const placed = new Map<number, number>();
  const at = (index: number): number =>
    // Where actors share a column, no two things stand in the same row.
    (options.order === 'causal' && shared.size === 0 ? order.layers[index] : order.ranks[index]) ?? 0;
  // Of a letter between actors without a column nothing is drawn.
  const isDrawn = (lane: string): boolean => columns.has(lane) || (isOutside(lane) && columns.has(OUTSIDE));
  const drawn = marks
    .map(({ occurrence }) => occurrence.index)
    .concat(
      wanted.flatMap(({ fate, target, from, to }) =>
        fate === 'dead' && target !== undefined && (isDrawn(from) || isDrawn(to)) ? [target] : [],
      ),
    );
  const levels = [...new Set(drawn.map(at))].sort((a, b) => a - b);
  const dense = new Map(levels.map((level, row) => [level, row + 1]));
  for (const index of drawn) placed.set(index, dense.get(at(index)) ?? 1);
  const times: (number | undefined)[] = [];
  for (const [index, row] of placed) {
    const { time } = occurrences[index] ?? {};
    if (time !== undefined) times[row] = Math.min(times[row] ?? time, time);
  }
  return {
    lifelines,
    groups,
    marks: marks
      .map((mark) => ({ ...mark, row: placed.get(mark.occurrence.index) ?? 1 }))
      .sort((a, b) => a.row - b.row),
    paths: pathsOf(wanted, { columns, placed, cut: order.cut }),
    rows: levels.length + 2,
    times,
    omitted,
    shared: shared.size,
  };
}

/** Without the actors that neither say nor are told anything here, unless something befell them. */
function speaking(shown: readonly Occurrence[], arrows: readonly Arrow[]): readonly Occurrence[] {
  const lanes = new Set(arrows.flatMap(({ from, to }) => [from, to]));
  const rest = shown.filter(({ actor, kind }) => actor === undefined || lanes.has(actor) || isFault(kind));
  return rest.length === 0 ? shown : rest;
}

const isFault = (kind: string): boolean => telling.has(kind) && kind !== 'start';

interface Columns {
  /** By actor. */
  readonly columns: ReadonlyMap<string, number>;
  readonly lifelines: readonly Lifeline[];
  readonly groups: Diagram['groups'];
  readonly omitted: number;
}

/** Actors of one node, or of one kind where nodes are not known, side by side, in the order in which they appear. */
function columnsOf(
  shown: readonly Occurrence[],
  arrows: readonly Arrow[],
  shared: ReadonlyMap<string, string>,
): Columns {
  const busy = new Map<string, number>();
  const group = new Map<string, string>();
  for (const occurrence of shown) {
    const own = laneOf(occurrence);
    if (own === undefined) continue;
    const lane = shared.get(own) ?? own;
    busy.set(lane, (busy.get(lane) ?? 0) + 1);
    if (!group.has(lane))
      group.set(lane, lane === NETWORK || lane !== own ? '' : (occurrence.node ?? kindOf(lane)));
  }
  for (const { from, to, target } of arrows)
    for (const lane of target === undefined ? [from, to] : [from])
      if (isOutside(lane)) group.set(lane, lane.slice(2));
  const kept = new Set(
    [...busy]
      .sort(([, a], [, b]) => b - a)
      .slice(0, LIFELINES)
      .map(([lane]) => lane),
  );
  const actors = [...group.keys()].filter((lane) => isOutside(lane) || kept.has(lane));
  const first = new Map<string, number>([['', -1]]);
  for (const lane of actors) {
    const name = group.get(lane) ?? '';
    if (!first.has(name)) first.set(name, first.size);
  }
  const rank = (lane: string): number => first.get(group.get(lane) ?? '') ?? 0;
  // What comes from outside comes from the left.
  actors.sort((a, b) => rank(a) - rank(b) || Number(isOutside(b)) - Number(isOutside(a)));
  const groups: { label: string; from: number; to: number }[] = [];
  actors.forEach((lane, column) => {
    const name = group.get(lane) ?? '';
    const label = name === lane ? '' : name;
    const last = groups.at(-1);
    if (last?.label === label && label !== '') last.to = column;
    else groups.push({ label, from: column, to: column });
  });
  const columns = new Map(actors.map((lane, column) => [lane, column]));
  for (const [actor, lane] of shared) {
    const column = columns.get(lane);
    if (column !== undefined) columns.set(actor, column);
  }
  return {
    columns,
    lifelines: actors.map((actor) => ({ actor, label: labelOf(actor) })),
    groups,
    omitted: busy.size - kept.size,
  };
}

export const labelOf = (actor: string): string =>
  actor === OUTSIDE
    ? 'outside'
    : isOutside(actor)
      ? `code on ${actor.slice(2)}`
      : actor === NETWORK
        ? 'network'
        : (serviceOf(actor) ?? actor);

const kindOf = (actor: string): string => /^(.*)[/.-][^/.-]+$/.exec(actor)?.[1] ?? actor;

/** Kinds of occurrences that are shown whatever is collapsed. */
const telling = new Set([
  'start',
  'crash',
  'restart',
  'partition',
  'heal',
  'lose',
  'duplicate',
  'corrupt',
  'forge',
]);

function marksOf(
  shown: readonly Occurrence[],
  arrows: readonly Arrow[],
  columns: Columns['columns'],
  collapse: boolean,
): Omit<Mark, 'row'>[] {
  const touched = new Set<number | undefined>(
    arrows.flatMap(({ source, target, via }) => [source, target, via]),
  );
  const marks: { column: number; occurrence: Occurrence; count: number }[] = [];
  const open = new Map<number, { column: number; occurrence: Occurrence; count: number }>();
  for (const occurrence of shown) {
    const lane = laneOf(occurrence) ?? NETWORK;
    const column = columns.get(lane);
    if (column === undefined) continue;
    const isQuiet = collapse && !touched.has(occurrence.index) && !telling.has(occurrence.kind);
    const run = isQuiet ? open.get(column) : undefined;
    if (run !== undefined) {
      run.count += 1;
      continue;
    }
    const mark = { column, occurrence, count: 1 };
    marks.push(mark);
    if (isQuiet) open.set(column, mark);
    else open.delete(column);
  }
  return marks;
}

interface Placing {
  readonly columns: Columns['columns'];
  readonly placed: ReadonlyMap<number, number>;
  readonly cut: ReadonlySet<string>;
}

function pathsOf(arrows: readonly Arrow[], { columns, placed, cut }: Placing): Path[] {
  const paths: Path[] = [];
  for (const arrow of arrows) {
    const { from, to, source, target, fate, key, kind } = arrow;
    const start = source === undefined || cut.has(key) ? undefined : placed.get(source);
    const end = target === undefined ? undefined : placed.get(target);
    if (start === undefined && end === undefined) continue;
    // An answer to code, or to work of an actor that goes on without a step of its own.
    const isQuiet = kind === 'answer' && target === undefined && fate === 'delivered';
    const toRow = end ?? (start ?? 0) + (isQuiet ? QUIET : 1);
    const fromRow = start ?? Math.max(0, toRow - 1);
    const receiver = columns.get(to);
    const sender = columns.get(from) ?? columns.get(OUTSIDE);
    const stub =
      (fate !== 'delivered' || receiver === undefined || end === undefined) &&
      !(isQuiet && receiver !== undefined);
    if (sender === undefined && receiver === undefined) continue;
    const [fromColumn, toColumn] = [sender ?? receiver ?? 0, receiver ?? sender ?? 0];
    paths.push({ arrow, fromColumn, fromRow, toColumn, toRow, stub });
  }
  return paths.sort((a, b) => a.fromRow - b.fromRow || a.toRow - b.toRow);
}
