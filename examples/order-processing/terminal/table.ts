import type { Report, StyleReport } from '../report.ts';
import type { Paint } from './colour.ts';

type Row = readonly [label: string, value: (style: StyleReport) => string];

const count =
  (pick: (style: StyleReport) => number) =>
  (style: StyleReport): string =>
    pick(style).toLocaleString('en');

/** The report for people: a column for each style. */
export function table({ styles, mode, killed }: Report, paint: Paint): string {
  const reasons = [...new Set(styles.flatMap(({ rejected }) => Object.keys(rejected)))].sort();
  const rows: readonly Row[] = [
    ['orders', count(({ orders }) => orders)],
    ['confirmed', count(({ confirmed }) => confirmed)],
    ...reasons.map((reason): Row => [
      `rejected: ${readable(reason)}`,
      count(({ rejected }) => rejected[reason] ?? 0),
    ]),
    ['unfinished', count(({ unfinished }) => unfinished)],
    ['compensated (paid back)', count(({ compensated }) => compensated)],
    ['duration', ({ seconds }) => `${seconds.toFixed(2)} s`],
    ['messages', count(({ messages }) => messages)],
    ['breaker openings', count(({ breakerOpenings }) => breakerOpenings)],
    ['payment service restarts', count(({ restarts }) => restarts)],
    ['dead letters', count(({ deadLetters }) => deadLetters)],
    ['money and goods', ({ conserved }) => (conserved ? 'conserved' : 'NOT CONSERVED')],
  ];
  const first = Math.max(...rows.map(([label]) => label.length));
  const column = 15;
  const head = paint.bold([''.padEnd(first), ...styles.map(({ style }) => style.padStart(column))].join(''));
  const body = rows.map(([label, value]) =>
    [label.padEnd(first), ...styles.map((style) => verdict(value(style).padStart(column), paint))].join(''),
  );
  const problems = styles.flatMap(({ style, problems: found }) =>
    found.map((problem) => paint.red(`${style}: ${problem}`)),
  );
  const where =
    mode === 'nats'
      ? `over NATS, payment process killed ${killed} ${killed === 1 ? 'time' : 'times'}`
      : 'in one process';
  return [paint.dim(where), head, ...body, ...problems, ''].join('\n');
}

const readable = (code: string): string => code.toLowerCase().replaceAll('_', ' ');

const verdict = (cell: string, paint: Paint): string => {
  if (cell.includes('NOT CONSERVED')) return paint.red(cell);
  return cell.includes('conserved') ? paint.green(cell) : cell;
};
