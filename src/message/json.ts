import { isTroupeError } from '../errors.ts';

/**
 * A value of a message as JSON has it: Date as ISO text, bigint in decimal, Uint8Array in base64, Set as array, Map as object
 * or, where a key is no string, as array of pairs; an error as its code and message.
 */
export function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Set) return [...(value as Set<unknown>)].map(toJson);
  if (value instanceof Map) return fromMap(value as Map<unknown, unknown>);
  if (value instanceof Error) return fromError(value);
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, toJson(field)]));
}

const fromMap = (map: ReadonlyMap<unknown, unknown>): unknown => {
  const pairs = [...map].map(([key, item]) => [toJson(key), toJson(item)] as const);
  const isRecord = [...map.keys()].every((key) => typeof key === 'string');
  return isRecord ? Object.fromEntries(pairs) : pairs;
};

const fromError = (error: Error): unknown => ({
  ...(isTroupeError(error) ? { code: error.code } : {}),
  message: error.message,
});

/** On one line; nothing at all for undefined. */
export const compact = (value: unknown): string => (value === undefined ? '' : JSON.stringify(toJson(value)));

const CLEAR_ENOUGH = 60;

/** Fields on one line, long values cut: `total: 12, items: ["tea"]`. */
export const fields = (record: Readonly<Record<string, unknown>>): string =>
  Object.entries(record)
    .map(([key, value]) => `${key}: ${cut(compact(value))}`)
    .join(', ');

const cut = (text: string): string => (text.length > CLEAR_ENOUGH ? `${text.slice(0, CLEAR_ENOUGH)}…` : text);
