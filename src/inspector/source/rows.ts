import type { ActorPage, ActorQuery, ActorRow } from '../protocol.ts';

/** The text of a state value, as `troupe ps` shows it. */
export const stateText = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** The whole state value, or the name of one of its outermost states: `paying` for `{"paying":"card"}`. */
const isIn = (value: string, state: string): boolean =>
  value === state || (value.startsWith('{') && value.includes(`${JSON.stringify(state)}:`));

/** A substring, or a pattern in which `*` stands for anything. */
function matcher(pattern: string): (text: string) => boolean {
  if (!pattern.includes('*')) return (text) => text.includes(pattern);
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  return (text) => {
    if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const part of rest) {
      const found = text.indexOf(part, at);
      if (found === -1 || found + part.length > end) return false;
      at = found + part.length;
    }
    return true;
  };
}

/** The rows that pass a query, in order of their addresses. */
export function pageOf(all: Iterable<ActorRow>, query: ActorQuery): ActorPage {
  const { kind, state, id, node, from = 0, limit = 100 } = query;
  const isWanted = id === undefined ? () => true : matcher(id);
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
