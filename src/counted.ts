/** `actor` of one, `actors` of any other number. */
export const plural = (count: number, one: string, many = `${one}s`): string => (count === 1 ? one : many);

/** `1 actor`, `2,000 actors`. */
export const counted = (count: number, one: string, many?: string): string =>
  `${count.toLocaleString('en-US')} ${plural(count, one, many)}`;
