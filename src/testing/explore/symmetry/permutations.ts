import { TroupeError } from '../../../errors.ts';
import type { Names } from './rename.ts';

/** Ways of renaming that are tried for each state, count; seven actors of a group have 5,040. */
export const maxPermutations = 5_040;

const arrangements = (items: readonly string[]): string[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((first) =>
        arrangements(items.filter((item) => item !== first)).map((rest) => [first, ...rest]),
      );

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/**
 * All ways to exchange names within groups, without the one that changes nothing.
 * @throws TroupeError INVALID_OPTION when there are too many, or an actor is in two groups
 */
export function permutations(groups: readonly (readonly string[])[]): Names[] {
  const members = groups.flat();
  const twice = members.find((name, at) => members.indexOf(name) < at);
  if (twice !== undefined)
    throw new TroupeError(
      'INVALID_OPTION',
      `The actor "${twice}" is in more than one group of \`symmetry\`.`,
    );
  const count = groups.reduce((product, group) => product * factorial(group.length), 1);
  if (count > maxPermutations)
    throw new TroupeError(
      'INVALID_OPTION',
      `\`symmetry\` has ${count} ways to exchange names; at most ${maxPermutations} are tried. Use smaller groups, or explore without it.`,
    );
  let all: (readonly (readonly [string, string])[])[] = [[]];
  for (const group of groups) {
    const ways = arrangements(group).map((arranged) =>
      group.map((name, at) => [name, arranged[at] ?? name] as const),
    );
    all = all.flatMap((some) => ways.map((way) => [...some, ...way]));
  }
  return all.map((pairs) => new Map(pairs)).filter((names) => [...names].some(([from, to]) => from !== to));
}
