import { failure } from './fault.ts';

export type Variables = Readonly<Record<string, unknown>>;

const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g;
const whole = /^\{\{\s*([^{}]+?)\s*\}\}$/;

/** Own properties only: a path must not reach `constructor` and what lies behind it. */
const step = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Variables)[key]
    : undefined;

/** The value under a dotted path such as `order.items.0`; undefined when there is none. */
export const lookup = (path: string, variables: Variables): unknown =>
  path.split('.').reduce<unknown>(step, variables);

/** The value under a path. Throws `UNKNOWN_VARIABLE`: a missing value must not pass for an empty one. */
export const resolve = (path: string, variables: Variables): unknown => {
  const found = lookup(path, variables);
  if (found !== undefined) return found;
  const known = Object.keys(variables).join(', ');
  throw failure('UNKNOWN_VARIABLE', `'${path}' is not a variable of the workflow; it knows [${known}].`);
};

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/**
 * Fills `{{name}}` and `{{path.to.value}}` in every string of a value. A string that is one placeholder becomes the
 * value itself, type kept; a placeholder inside a longer string becomes text (JSON, unless it is a string).
 * Throws `UNKNOWN_VARIABLE`.
 */
export const render = (template: unknown, variables: Variables): unknown => {
  if (typeof template === 'string') {
    const path = whole.exec(template)?.[1];
    if (path !== undefined) return resolve(path, variables);
    return template.replace(placeholder, (_match, name: string) => asText(resolve(name, variables)));
  }
  if (Array.isArray(template)) return template.map((item) => render(item, variables));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, render(value, variables)]));
};
