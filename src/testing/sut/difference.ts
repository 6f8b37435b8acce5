import { keyOf } from '../../kernel/key.ts';
import { valueText } from '../paths/text.ts';
import type { Observation } from './sut.ts';

/** One place where what is seen is not what the chart says. */
export interface Difference {
  /** `value`, `context.items.0.price`. */
  readonly at: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Differences beyond which no more are looked for, count. */
const most = 8;

/** Where an observation differs from what is expected; only what was observed is compared. */
export function differences(expected: Required<Observation>, found: Observation): Difference[] {
  const all: Difference[] = [];
  for (const [name, value] of Object.entries(found))
    compare(name, expected[name as keyof Observation], value, all);
  return all;
}

export const differenceText = ({ at, expected, found }: Difference): string =>
  `${at}: expected ${valueText(expected)}, found ${valueText(found)}`;

const isRecord = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** XState names a guard in the error of one that throws, except where the guard is a function. */
const messageOf = (message: string): string =>
  message.replace(/^Unable to evaluate guard '[^']*' /, 'Unable to evaluate guard ');

/** An error that crossed the wire is its message. */
const isSameError = (expected: Error, found: unknown): boolean => {
  const message = found instanceof Error ? found.message : found;
  return typeof message === 'string' && messageOf(message) === messageOf(expected.message);
};

function compare(at: string, expected: unknown, found: unknown, all: Difference[]): void {
  if (all.length >= most || Object.is(expected, found)) return;
  if (isRecord(expected) && isRecord(found)) {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(found)]))
      compare(`${at}.${name}`, expected[name], found[name], all);
  } else if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    for (const [index, item] of expected.entries()) compare(`${at}.${index}`, item, found[index], all);
  } else if (expected instanceof Error ? !isSameError(expected, found) : keyOf(expected) !== keyOf(found)) {
    all.push({ at, expected, found });
  }
}
