import { failure } from './fault.ts';

const option = (chart: string, name: string, value: unknown, wanted: string): Error =>
  failure('INVALID_OPTION', `${chart}: ${name} is ${String(value)}; it must be ${wanted}.`, { name, value });

/** A count: a whole number of at least `least`. Throws `INVALID_OPTION`. */
export const count = (chart: string, name: string, value: number, least = 1): number => {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw option(chart, name, value, `a whole number, ${least} or more`);
};

/** A percentage above 0 and up to 100. Throws `INVALID_OPTION`. */
export const percentage = (chart: string, name: string, value: number): number => {
  if (value > 0 && value <= 100) return value;
  throw option(chart, name, value, 'above 0 and at most 100 (per cent)');
};

/** The longest delay that timers of Node take; a longer one would fire at once. */
const longest = 2 ** 31 - 1;

/** A duration in whole milliseconds that a timer can wait for. Throws `INVALID_OPTION`. */
export const duration = (chart: string, name: string, value: number, least = 1): number => {
  if (Number.isSafeInteger(value) && value >= least && value <= longest) return value;
  throw option(chart, name, value, `whole milliseconds from ${least} to ${longest}`);
};

/** A name: a string that is not empty. Throws `INVALID_OPTION`. */
export const label = (chart: string, name: string, value: string): string => {
  if (value !== '') return value;
  throw option(chart, name, "''", 'a string that is not empty');
};
