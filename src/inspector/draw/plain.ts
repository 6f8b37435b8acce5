import type { Json } from './chart.ts';

/** Shown for a function that has no name of its own. */
export const INLINE = '(inline)';

/** Names that JavaScript gives an anonymous function because of the config key it was written under. */
const inferred = new Set([
  'actions',
  'entry',
  'exit',
  'guard',
  'assignment',
  'event',
  'params',
  'output',
  'src',
]);

/** The name a person gave a function, if any. */
export const nameOf = (fn: { readonly name: string }): string | undefined =>
  fn.name === '' || inferred.has(fn.name) ? undefined : fn.name;

const fromObject = (value: object, open: ReadonlySet<object>): Json => {
  if (open.has(value)) return '(circular)';
  const within = new Set(open).add(value);
  if (Array.isArray(value)) return value.map((item: unknown) => toJson(item, within));
  const kept = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(kept.map(([key, item]) => [key, toJson(item, within)]));
};

/** Any value of a config as JSON: what JSON cannot hold becomes text, a function becomes `(inline)`. */
export function toJson(value: unknown, open: ReadonlySet<object> = new Set()): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      return value === null ? null : fromObject(value, open);
    case 'function':
      return INLINE;
    default:
      return String(value);
  }
}

/** A value in the few characters of a label: strings bare, everything else as JSON. */
export const shortText = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
