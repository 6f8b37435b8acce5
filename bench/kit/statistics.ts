export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @throws RangeError when there is nothing to summarise */
export function summarise(values: readonly number[]): Summary {
  if (values.length === 0) throw new RangeError('There are no values: at least one round must be run.');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  const median = sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** What `of` says about each pair of readings that were taken one after the other. */
export const pairwise = (
  ours: readonly number[],
  theirs: readonly number[],
  of: (ours: number, theirs: number) => number,
): readonly number[] => ours.map((value, round) => of(value, theirs[round]!));

export const ratio = (ours: number, theirs: number): number => ours / theirs;
export const difference = (ours: number, theirs: number): number => ours - theirs;
