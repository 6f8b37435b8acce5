import { failure } from './fault.ts';
import { lookup, resolve, type Variables } from './template.ts';

export type Scalar = string | number | boolean | null;

interface Ordered {
  readonly var: string;
  readonly op: 'lt' | 'le' | 'gt' | 'ge';
  readonly value: number | string;
}

/** A condition as data, so that it can be stored, sent and drawn. `var` is a path as in a template. */
export type Condition =
  | { readonly var: string; readonly op: 'eq' | 'ne'; readonly value: Scalar }
  | Ordered
  | { readonly var: string; readonly op: 'in'; readonly value: readonly Scalar[] }
  | { readonly var: string; readonly op: 'exists' }
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly not: Condition };

/** Negative, zero or positive. Comparing values of two types would be decided by coercion: refused. */
const compare = ({ var: path, op, value }: Ordered, actual: unknown): number => {
  if (typeof actual === 'number' && typeof value === 'number') return actual - value;
  if (typeof actual === 'string' && typeof value === 'string') {
    return actual < value ? -1 : actual === value ? 0 : 1;
  }
  throw failure(
    'INVALID_CONDITION',
    `'${path}' ${op} ${JSON.stringify(value)}: the variable is ${JSON.stringify(actual)}; compare two numbers or two strings.`,
  );
};

/**
 * Does the condition hold? `and` and `or` stop at the first answer, so `exists` can guard what follows it. Scalars
 * are compared by `===`, numbers and strings by order. Throws `UNKNOWN_VARIABLE` and `INVALID_CONDITION`.
 */
export const holds = (condition: Condition, variables: Variables): boolean => {
  if ('and' in condition) return condition.and.every((part) => holds(part, variables));
  if ('or' in condition) return condition.or.some((part) => holds(part, variables));
  if ('not' in condition) return !holds(condition.not, variables);
  if (condition.op === 'exists') return lookup(condition.var, variables) !== undefined;
  const actual = resolve(condition.var, variables);
  switch (condition.op) {
    case 'eq':
      return actual === condition.value;
    case 'ne':
      return actual !== condition.value;
    case 'in':
      return condition.value.some((value) => value === actual);
    case 'lt':
      return compare(condition, actual) < 0;
    case 'le':
      return compare(condition, actual) <= 0;
    case 'gt':
      return compare(condition, actual) > 0;
    case 'ge':
      return compare(condition, actual) >= 0;
  }
};
