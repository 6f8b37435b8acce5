import type { Outcome } from './run.ts';

const WIDTHS = [3, 36, 32, 12] as const;

const row = (...cells: readonly string[]): string =>
  cells
    .map((cell, i) => cell.padEnd(WIDTHS[i] ?? 0))
    .join('  ')
    .trimEnd();

export const title = (name: string): string =>
  `\n${name}\n${row('', 'KILLED', 'LOST WITH THE PROCESS', 'OUTCOME', 'BOOKS')}`;

export function rowOf(number: number, point: string, { isKilled, lost, end, faults }: Outcome): string {
  const books = faults.length === 0 ? 'balance, each deed once' : `WRONG: ${faults.join('; ')}`;
  return row(`${number}`.padStart(3), isKilled ? point : `(${point})`, lost, end, books);
}

export function summary(outcomes: readonly Outcome[], ms: number): string {
  const killed = outcomes.filter(({ isKilled }) => isKilled);
  const wrong = outcomes.filter(({ faults }) => faults.length > 0);
  const times = killed.map(({ recovery }) => recovery).sort((a, b) => a - b);
  const median = Math.round(times[Math.floor(times.length / 2)] ?? 0);
  const verdict = wrong.length === 0 ? 'nothing was lost or done twice' : `${wrong.length} WENT WRONG`;
  return `\nkilled at ${killed.length} points: ${verdict}; done ${median} ms after the death (median); ${Math.round(ms / 1000)} s in all`;
}
