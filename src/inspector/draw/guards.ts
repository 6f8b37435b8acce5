import type { ChartGuard } from './chart.ts';
import { nameOf, toJson } from './plain.ts';

/**
 * `and`, `or`, `not` and `stateIn` return functions that carry `check` and their operands. Neither is in
 * XState's public types, and which of the first three it is shows only in the function's name: where a minifier
 * took that away the guard counts as inline.
 */
interface Combined {
  readonly name: string;
  readonly guards?: readonly unknown[];
  readonly stateValue?: unknown;
}

const fromFunction = (guard: Combined): ChartGuard => {
  if ('check' in guard) {
    const { name, guards = [], stateValue } = guard;
    if (stateValue !== undefined) return { kind: 'stateIn', state: toJson(stateValue) };
    if (name === 'and' || name === 'or') return { kind: name, guards: guards.map(toGuard) };
    if (name === 'not') return { kind: 'not', guard: toGuard(guards[0]) };
  }
  const name = nameOf(guard);
  return { kind: 'inline', ...(name === undefined ? {} : { name }) };
};

/** The `guard` of a transition config. */
export function toGuard(guard: unknown): ChartGuard {
  if (typeof guard === 'string') return { kind: 'named', name: guard };
  if (typeof guard === 'function') return fromFunction(guard);
  const { type, params } = guard as { type: unknown; params?: unknown };
  return { kind: 'named', name: String(type), ...(params === undefined ? {} : { params: toJson(params) }) };
}
