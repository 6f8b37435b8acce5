import { counted } from '../../counted.ts';
import { table } from '../show.ts';
import type { Breaker, Census, KindCensus, NodeCensus } from './census.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const MB = 1024 * 1024;

const rate = (number: number): string =>
  number === 0 ? '0' : number < 10 ? number.toFixed(1) : Math.round(number).toLocaleString('en-US');

/** ms */
const time = (number: number | undefined): string =>
  number === undefined ? '' : number < 10 ? number.toFixed(2) : String(Math.round(number));

const clock = (at: number): string => new Date(at).toTimeString().slice(0, 8);

/** The states with most actors first. */
const states = ({ states: all }: KindCensus): string =>
  Object.entries(all)
    .sort(([, a], [, b]) => b - a)
    .map(([state, actors]) => `${state} ${actors}`)
    .join(', ');

const countdown = ({ state, due }: Breaker, at: number): string =>
  due === undefined ? state : `${state}, ${Math.max(0, Math.ceil((due - at) / 1_000))} s left`;

const nodeRow = ({ node, actors, isDown, handled, heap, lag }: NodeCensus): string[] => [
  isDown ? `${node} DOWN` : node,
  String(actors),
  handled === undefined ? '' : rate(handled),
  heap === undefined ? '' : String(Math.round(heap / MB)),
  time(lag),
];

const kindRow = (kind: KindCensus): string[] => [
  kind.kind,
  String(kind.actors),
  rate(kind.handled),
  rate(kind.failed),
  time(kind.p50),
  time(kind.p99),
  states(kind),
];

const letters = ({ deadLetters }: Census): string => {
  const all = Object.entries(deadLetters).sort(([, a], [, b]) => b - a);
  return all.length === 0 ? 'none' : all.map(([reason, number]) => `${reason} ${number}`).join(', ');
};

const summary = ({ nodes, kinds, handled, sent }: Census): string => {
  const actors = kinds.reduce((total, kind) => total + kind.actors, 0);
  return `${counted(nodes.filter(({ isDown }) => !isDown).length, 'node')}, ${counted(actors, 'actor')}, ${rate(handled)}/s handled, ${rate(sent)}/s sent`;
};

/** What control characters in a name could do to a terminal. */
const CONTROL = /\p{Cc}/gu;

const cut = (line: string, columns: number): string => {
  const safe = line.replaceAll(CONTROL, '�');
  return safe.length > columns ? `${safe.slice(0, Math.max(0, columns - 1))}…` : safe;
};

/** The whole picture, as lines that fit a terminal. */
export function frameOf(system: string, census: Census, { columns, rows }: Size): string[] {
  const { at, nodes, kinds, breakers, alerts } = census;
  const block = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', title, ...lines];
  const lines = [
    `${system}  ${clock(at)}  ${summary(census)}`,
    ...block(
      'ALERTS',
      alerts.map(({ severity, text }) => `  ${severity === 'error' ? '✗' : '!'} ${text}`),
    ),
    '',
    ...table(['NODE', 'ACTORS', 'HANDLED/S', 'HEAP MB', 'LAG MS'], nodes.map(nodeRow)).split('\n'),
    '',
    ...table(
      ['KIND', 'ACTORS', 'HANDLED/S', 'FAILED/S', 'P50 MS', 'P99 MS', 'STATES'],
      kinds.map(kindRow),
    ).split('\n'),
    ...block(
      'BREAKERS',
      breakers.map((breaker) => `  ${breaker.address}  ${countdown(breaker, at)}`),
    ),
    '',
    `DEAD LETTERS  ${letters(census)}`,
  ];
  const most = Math.max(2, rows - 2);
  const shown =
    lines.length <= most ? lines : [...lines.slice(0, most - 1), `… ${lines.length - most + 1} more lines`];
  return [...shown, '', 'q ends it'].slice(0, Math.max(1, rows)).map((line) => cut(line, columns));
}

/** The same on one line, for a log. */
export function lineOf(census: Census): string {
  const { at, breakers, alerts, deadLetters } = census;
  const open = breakers.filter(({ state }) => state !== 'closed');
  const dead = Object.values(deadLetters).reduce((total, number) => total + number, 0);
  const parts = [
    summary(census),
    counted(dead, 'dead letter'),
    ...open.map((breaker) => `${breaker.address} ${countdown(breaker, at)}`),
    ...alerts.map(({ severity, text }) => `${severity}: ${text}`),
  ];
  return `${clock(at)}  ${parts.join('; ')}`.replaceAll(CONTROL, '�');
}
