/** Recorded values (special forms as in message/special.ts) as something to show, and what changed between two of them. */

export type Change = 'added' | 'changed' | 'removed' | 'inside';

/** What is shown of one value: an atom as text, or the number of its parts. */
export type Shown =
  | { readonly kind: 'atom'; readonly text: string; readonly isText: boolean }
  | { readonly kind: 'list' | 'fields'; readonly text: string; readonly parts: readonly Part[] };

export interface Part {
  readonly key: string;
  readonly value: unknown;
}

const marks: Readonly<Record<string, (body: unknown) => Shown>> = {
  '\0d': (body) =>
    atom(typeof body === 'number' && Math.abs(body) < 8.64e15 ? new Date(body).toISOString() : 'Date(?)'),
  '\0n': (body) => atom(`${String(body)}n`),
  '\0z': () => atom('-0'),
  '\0s': (body) => list('Set', Array.isArray(body) ? body : []),
  '\0m': (body) =>
    fields(
      'Map',
      (Array.isArray(body) ? body : []).map((pair: unknown, at) =>
        Array.isArray(pair)
          ? { key: keyText(pair[0]), value: pair[1] as unknown }
          : { key: String(at), value: pair },
      ),
    ),
};

const keyText = (key: unknown): string => (typeof key === 'string' ? key : JSON.stringify(key));
const atom = (text: string, isText = false): Shown => ({ kind: 'atom', text, isText });
const list = (name: string, items: readonly unknown[]): Shown => ({
  kind: 'list',
  text: items.length === 0 ? `${name}[]` : `${name}(${items.length})`,
  parts: items.map((value, at) => ({ key: String(at), value })),
});
const PREVIEW = 60;
const preview = (parts: readonly Part[]): string => {
  const names = parts
    .slice(0, 8)
    .map(({ key }) => key)
    .join(', ');
  return names.length > PREVIEW || parts.length > 8 ? `${names.slice(0, PREVIEW)}, …` : names;
};
const fields = (name: string, parts: readonly Part[]): Shown => ({
  kind: 'fields',
  text: `${name}{${preview(parts)}}`,
  parts,
});

export function shown(value: unknown): Shown {
  if (typeof value === 'string') return atom(JSON.stringify(value), true);
  if (typeof value !== 'object' || value === null) return atom(String(value));
  if (Array.isArray(value)) return list('', value);
  const entries: [string, unknown][] = Object.entries(value);
  const [first] = entries;
  const special = entries.length === 1 && first !== undefined ? marks[first[0]] : undefined;
  if (special !== undefined && first !== undefined) return special(first[1]);
  return fields(
    '',
    entries.map(([key, item]) => ({ key: key.startsWith('\0') ? key.slice(1) : key, value: item })),
  );
}

/** Equal as JSON, whatever the order of keys. */
export function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  return (
    keys.length === others.length &&
    keys.every(
      (key) => key in b && isEqual((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
    )
  );
}

export interface Changed extends Part {
  readonly change?: Change;
  /** What stood there before. */
  readonly was?: unknown;
}

/** The parts of a value, with what has become of them since `before`; removed ones last. */
export function changes(value: unknown, before: unknown): readonly Changed[] {
  const now = shown(value);
  const then = shown(before);
  if (now.kind === 'atom') return [];
  if (then.kind === 'atom') return now.parts;
  const old = new Map(then.parts.map((part) => [part.key, part.value]));
  const current = now.parts.map((part): Changed => {
    if (!old.has(part.key)) return { ...part, change: 'added' };
    const was = old.get(part.key);
    old.delete(part.key);
    if (isEqual(part.value, was)) return part;
    const isInside = shown(part.value).kind !== 'atom' && shown(was).kind !== 'atom';
    return { ...part, was, change: isInside ? 'inside' : 'changed' };
  });
  return [
    ...current,
    ...[...old].map(([key, was]): Changed => ({ key, value: was, was, change: 'removed' })),
  ];
}
