import { addressMatcher } from '../../monitoring/pattern.ts';
import type { ActorPage, ActorQuery, ActorRow } from '../protocol.ts';

/** The text of a state value, as `troupe ps` shows it. */
export const stateText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** The whole state value, or the name of one of its outermost states: `paying` for `{"paying":"card"}`. */
const isIn = (value: string, state: string): boolean =>
  value === state || (value.startsWith('{') && value.includes(`${JSON.stringify(state)}:`));

/** The rows that pass a query, in order of their addresses. */
export function pageOf(all: Iterable<ActorRow>, query: ActorQuery): ActorPage {
  const { kind, state, id, node, from = 0, limit = 100 } = query;
  const isWanted = id === undefined ? () => true : addressMatcher(id);
  const rows = [...all].filter(
    (row) =>
      (kind === undefined || row.kind === kind) &&
      (node === undefined || row.node === node) &&
      (state === undefined || isIn(row.state, state) || row.status === state) &&
      isWanted(row.address),
  );
  rows.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  return { rows: rows.slice(from, from + limit), total: rows.length };
}
