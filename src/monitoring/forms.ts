/** Checks of what came from elsewhere: bytes until they are known to have a form. */

export type Fields = Readonly<Record<string, unknown>>;
export type Check = (value: unknown) => boolean;

export const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

export const all = (value: unknown, test: Check): boolean => Array.isArray(value) && value.every(test);
export const allFields = (value: unknown, test: Check): boolean =>
  isObject(value) && Object.values(value).every(test);
export const areAll = (values: readonly unknown[], test: Check): boolean => values.every(test);

export const absentOr = (value: unknown, test: Check): boolean => value === undefined || test(value);
/** Which of several fields are absent, or pass. */
export const areAbsentOr = (values: readonly unknown[], test: Check): boolean =>
  values.every((value) => absentOr(value, test));

/** A name that somebody gave, characters: an address, a machine, a state. */
const NAME = 4_096;
export const isName = (value: unknown): boolean => typeof value === 'string' && value.length <= NAME;

/** @returns whether whoever walks through a value, here or later, comes to its end: at most `depth` levels, and in all about `room` characters */
export function isBounded(value: unknown, depth: number, room: number): boolean {
  let left = room;
  const fits = (inner: unknown, levels: number): boolean => {
    left -= typeof inner === 'string' ? inner.length + 2 : 8;
    if (left < 0 || levels < 0) return false;
    if (typeof inner !== 'object' || inner === null) return true;
    return Object.entries(inner).every(([key, each]) => {
      left -= key.length;
      return fits(each, levels - 1);
    });
  };
  return fits(value, depth);
}
