import type { ActorQuery, KindRow } from '../../protocol.ts';

/** What a filter box says: `kind:order state:paying node:shop-1 o-12*`. Words without a name are the id; values with blanks stand in quotes, single or double. */
export type Filter = Pick<ActorQuery, 'kind' | 'state' | 'id' | 'node'>;

const names = ['kind', 'state', 'id', 'node'] as const;
const word = /(?:(kind|state|id|node):)?(?:"([^"]*)"|'([^']*)'|(\S+))/gi;

export function parseFilter(text: string): Filter {
  const found: { -readonly [K in keyof Filter]: Filter[K] } = {};
  const free: string[] = [];
  for (const [, name, double, single, plain] of text.matchAll(word)) {
    const value = double ?? single ?? plain ?? '';
    if (name === undefined) free.push(value);
    else if (value !== '') found[name.toLowerCase() as (typeof names)[number]] = value;
  }
  if (free.length > 0) found.id ??= free.join(' ');
  return found;
}

const quoted = (value: string): string => {
  if (!/\s|^["']/.test(value)) return value;
  return value.includes('"') ? `'${value.replaceAll("'", '')}'` : `"${value}"`;
};

export const filterText = (filter: Filter): string =>
  names.flatMap((name) => (filter[name] === undefined ? [] : [`${name}:${quoted(filter[name])}`])).join(' ');

/** What can be typed: a kind that there is, the largest. */
export function exampleFilter(kinds: readonly Pick<KindRow, 'kind' | 'actors'>[] = []): string {
  const [largest] = kinds.toSorted((a, b) => b.actors - a.actors);
  return `${filterText({ kind: largest?.kind ?? '…' })} state:… node:… id`;
}
