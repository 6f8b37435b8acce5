import type { Benchmark } from './benchmark.ts';
import { judge, type Check, type Outcome } from './outcome.ts';
import { summarise } from './statistics.ts';

export interface Result {
  readonly benchmark: Benchmark;
  readonly outcome: Outcome;
}

export const isMet = ({ outcome }: Result): boolean => outcome.checks.every((check) => judge(check).met);

/** One benchmark as text: settings, a row per reading, a row per target. */
export function toText({ benchmark, outcome }: Result): string {
  const settings = Object.entries(outcome.settings).map(([name, value]) => `  ${name}: ${value}`);
  const readings = outcome.readings.map(({ contender, unit, rounds }) => [
    contender,
    ...figures(rounds),
    unit,
  ]);
  const checks = outcome.checks.map((check) => [
    check.what,
    ...figures(check.rounds),
    check.unit,
    `${check.bound} ${number(check.target)}`,
    judge(check).met ? 'met' : 'MISSED',
  ]);
  return [
    `${benchmark.name}: ${benchmark.summary}`,
    ...settings,
    '',
    ...columns([['', 'median', 'min', 'max', ''], ...readings]),
    '',
    ...columns([['', 'median', 'min', 'max', '', 'target', ''], ...checks]),
  ].join('\n');
}

/** The same as plain data. */
export function toJson({ benchmark, outcome }: Result): object {
  return {
    name: benchmark.name,
    summary: benchmark.summary,
    settings: outcome.settings,
    readings: outcome.readings.map((reading) => ({ ...reading, ...summarise(reading.rounds) })),
    checks: outcome.checks.map((check: Check) => ({ ...check, ...judge(check) })),
  };
}

const figures = (rounds: readonly number[]): string[] => {
  const { median, min, max } = summarise(rounds);
  return [median, min, max].map(number);
};

/** Three significant digits below 100, whole numbers above. */
const number = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (isFigure(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join('  ')}`.trimEnd(),
  );
}

const isFigure = (column: number): boolean => column >= 1 && column <= 3;
