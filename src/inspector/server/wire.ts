/** Nesting of a value on its way to a page, levels. */
const DEPTH = 48;

/**
 * A value as JSON, in the form of recordings (monitoring/recording.ts). What has this form already is not changed, so that entries of a file and
 * values of a live process may be mixed.
 */
export const toWire = (value: unknown): string => JSON.stringify(plain(value, DEPTH) ?? null);

function plain(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'bigint':
      return { '\0n': value.toString() };
    case 'number':
      return Number.isFinite(value) ? value : `(${value})`;
    case 'function':
      return `(function ${value.name})`;
    case 'symbol':
      return `(${value.toString()})`;
    case 'object':
      return value === null ? null : plainObject(value, depth - 1);
    default:
      return value;
  }
}

function plainObject(value: object, depth: number): unknown {
  if (depth < 0) return '(too deep)';
  const inner = (item: unknown): unknown => plain(item, depth);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Date) return { '\0d': value.getTime() };
  if (value instanceof Set) return { '\0s': [...(value as Set<unknown>)].map(inner) };
  if (value instanceof Map)
    return { '\0m': [...(value as Map<unknown, unknown>)].map(([key, item]) => [inner(key), inner(item)]) };
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (value instanceof Error) return { name: value.name, message: value.message };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inner(item)]));
}
