/** A value for people: JSON, and what JSON does not know in words of its own. */
export const textOfValue = (value: unknown): string => {
  if (value instanceof Map) return `Map ${JSON.stringify([...(value as Map<unknown, unknown>)])}`;
  if (value instanceof Set) return `Set ${JSON.stringify([...(value as Set<unknown>)])}`;
  if (typeof value === 'object' || typeof value === 'string') return JSON.stringify(value, plain);
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- objects have been dealt with
  return String(value);
};

const plain = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? `${value}n` : value);

/** "1 read", "2 reads". */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
