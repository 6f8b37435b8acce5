import { counted } from '../paths/text.ts';
import type { Coverage, Item, Metric } from './coverage.ts';

const kinds = ['states', 'transitions', 'guards', 'pairs'] as const;

const percent = ({ covered, total }: Metric): string =>
  total === 0 ? '-' : `${((covered / total) * 100).toFixed(covered === total ? 0 : 1)} %`;

/** Columns as wide as their widest cell; figures to the right. */
const columns = (rows: readonly (readonly string[])[]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
};

const missing = (kind: string, { items }: Metric, limit: number): string[] => {
  const left = items.filter(({ count }) => count === 0);
  if (left.length === 0) return [];
  const more = left.length > limit ? [`  (${left.length - limit} more)`] : [];
  return ['', `${kind} not covered:`, ...left.slice(0, limit).map(({ name }: Item) => `  ${name}`), ...more];
};

/**
 * A coverage as text: one row per kind, then what was not covered.
 * @param limit names listed of each kind, count. Default 10
 */
export function coverageTable(coverage: Coverage, limit = 10): string {
  const rows = kinds.map((kind) => {
    const metric = coverage[kind];
    return [kind, `${metric.covered}`, `${metric.total}`, percent(metric)];
  });
  return [
    ...columns([
      [`${counted(coverage.paths, 'path')}, ${counted(coverage.steps, 'step')}`, 'covered', 'of', ''],
      ...rows,
    ]),
    ...kinds.flatMap((kind) => missing(kind, coverage[kind], limit)),
  ].join('\n');
}
