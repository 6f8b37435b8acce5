import { TroupeError } from '../errors.ts';

/**
 * The values a message may hold: null, undefined, booleans, numbers, bigints, strings, Date, Map, Set,
 * Uint8Array, arrays and plain objects of these. Functions, symbols, class instances and cycles are refused
 * where they are sent, also between actors of one process: what works locally works remotely.
 */

/** What the check found: does the value hold anything that msgpack has no form for (message/special.ts)? */
export type Shape = 'simple' | 'special';

/**
 * @param depth deepest nesting allowed, levels
 * @throws TroupeError UNSERIALIZABLE naming the place and the value.
 */
export function checkPlain(value: unknown, depth: number): Shape {
  return inspect(value, depth, '') ? 'special' : 'simple';
}

function inspect(value: unknown, depth: number, path: string): boolean {
  switch (typeof value) {
    case 'boolean':
    case 'undefined':
      return false;
    case 'bigint':
      return true;
    case 'number':
      return value === 0 && 1 / value < 0;
    case 'string':
      if (!value.isWellFormed()) throw refuse(path, 'a string with a lone surrogate', 'it has no UTF-8 form');
      return false;
    case 'object':
      return value !== null && inspectObject(value, depth, path);
    default:
      throw refuse(
        path,
        typeof value === 'function' ? `the function ${value.name || '(anonymous)'}` : String(value),
        RULE,
      );
  }
}

function inspectObject(value: object, depth: number, path: string): boolean {
  if (depth < 0) throw refuse(path, 'nesting that is too deep', 'it is a cycle, or deeper than limits.depth');
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return inspectFields(value, depth, path);
  if (Array.isArray(value)) {
    let special = false;
    for (let i = 0; i < value.length; i++) {
      if (inspect(value[i], depth - 1, `${path}[${i}]`)) special = true;
    }
    return special;
  }
  if (value instanceof Uint8Array) return true;
  if (value instanceof Date) return inspectDate(value, path);
  if (value instanceof Map || value instanceof Set) return inspectEntries(value, depth, path);
  throw refuse(path, `an instance of ${value.constructor.name}`, RULE);
}

function inspectFields(value: object, depth: number, path: string): boolean {
  let special = false;
  for (const key in value) {
    if (key === '__proto__')
      throw refuse(path, 'a field named __proto__', 'it would change the receiver’s object');
    if (!key.isWellFormed())
      throw refuse(path, 'an object with a lone surrogate in a field name', 'it has no UTF-8 form');
    if (key.startsWith('\0')) special = true;
    const field = (value as Readonly<Record<string, unknown>>)[key];
    if (isSimple(field)) continue;
    if (inspect(field, depth - 1, path === '' ? key : `${path}.${key}`)) special = true;
  }
  return special;
}

/** The fields of most messages, decided without building a path for an error. */
const isSimple = (field: unknown): boolean =>
  typeof field === 'string'
    ? field.isWellFormed()
    : typeof field === 'boolean' || (typeof field === 'number' && field !== 0);

function inspectDate(value: Date, path: string): true {
  if (Number.isNaN(value.getTime())) throw refuse(path, 'an invalid Date', 'it has no time');
  return true;
}

function inspectEntries(value: Map<unknown, unknown> | Set<unknown>, depth: number, path: string): boolean {
  for (const [key, item] of value.entries()) {
    if (value instanceof Map) inspect(key, depth - 1, `${path}(key)`);
    inspect(item, depth - 1, `${path}(${typeof key === 'string' ? key : 'entry'})`);
  }
  return true;
}

const RULE =
  'a message holds null, undefined, booleans, numbers, bigints, strings, Date, Map, Set, Uint8Array, arrays and plain objects';

const refuse = (path: string, what: string, rule: string): TroupeError => {
  const place = path.length > MAX_PATH ? `${path.slice(0, MAX_PATH)}…` : path;
  return new TroupeError(
    'UNSERIALIZABLE',
    `${place === '' ? 'The message' : `"${place}" of the message`} is ${what}: ${rule}.`,
    { data: { place, what, rule } },
  );
};

const MAX_PATH = 80;
