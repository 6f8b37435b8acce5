import { TroupeError } from '../errors.ts';

/**
 * Values msgpack has no form for travel as an object with one key that begins with NUL, so that the bytes use
 * no msgpack extension (extensions are global to the process, and a way in for foreign code):
 * `{"\0m": [[key, value], ...]}` Map, `\0s` Set, `\0d` Date in ms, `\0n` bigint in decimal, `\0z` minus zero.
 * A user's own key that begins with NUL gets one more.
 */
export function pack(value: unknown): unknown {
  if (typeof value === 'bigint') return { '\0n': value.toString() };
  if (typeof value === 'number') return value === 0 && 1 / value < 0 ? { '\0z': 0 } : value;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  if (Array.isArray(value)) return value.map(pack);
  if (value instanceof Date) return { '\0d': value.getTime() };
  if (value instanceof Map) return { '\0m': Array.from(value, ([key, item]) => [pack(key), pack(item)]) };
  if (value instanceof Set) return { '\0s': Array.from(value, pack) };
  const fields = Object.entries(value);
  return Object.fromEntries(
    fields.map(([key, field]) => [key.startsWith('\0') ? `\0${key}` : key, pack(field)]),
  );
}

/** @throws TroupeError MALFORMED_MESSAGE for a form `pack` does not write. */
export function unpack(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(unpack);
  const fields = Object.entries(value);
  const [first] = fields;
  if (fields.length === 1 && first !== undefined && isMark(first[0])) return revive(first[0], first[1]);
  return Object.fromEntries(
    fields.map(([key, field]) => {
      if (isMark(key)) throw malformed(key);
      return [key.startsWith('\0') ? key.slice(1) : key, unpack(field)];
    }),
  );
}

const isMark = (key: string): boolean => key.startsWith('\0') && !key.startsWith('\0\0');

function revive(mark: string, body: unknown): unknown {
  if (mark === '\0z' && body === 0) return -0;
  if (mark === '\0d' && typeof body === 'number' && Math.abs(body) <= MAX_TIME) return new Date(body);
  if (mark === '\0n' && typeof body === 'string' && decimal.test(body)) return BigInt(body);
  if (mark === '\0s' && Array.isArray(body)) return new Set(body.map(unpack));
  if (mark === '\0m' && Array.isArray(body)) return new Map(body.map(entry));
  throw malformed(mark);
}

function entry(pair: unknown): [unknown, unknown] {
  if (!Array.isArray(pair) || pair.length !== 2) throw malformed('\0m');
  return [unpack(pair[0]), unpack(pair[1])];
}

/** ECMA-262: time values end at 8.64e15 ms. */
const MAX_TIME = 8.64e15;
/** Parsing decimals is quadratic in their length: bound it. */
const decimal = /^-?[0-9]{1,4096}$/;

const malformed = (mark: string): TroupeError =>
  new TroupeError('MALFORMED_MESSAGE', `"${mark.slice(1)}" is not a special value Troupe writes.`);
