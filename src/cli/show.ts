import { toJson } from '../message/json.ts';

/** For people. */
export const indented = (value: unknown): string => JSON.stringify(toJson(value), null, 2);

/** Write a line to standard output. */
export const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Rows under headings, columns as wide as they need to be. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, i) =>
    rows.reduce((widest, row) => Math.max(widest, (row[i] ?? '').length), heading.length),
  );
  return [headings, ...rows]
    .map((row) =>
      row
        .map((text, i) => text.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
