/**
 * The mutant of that name.
 * @throws RangeError when there is none
 */
export function pick<TMutants extends Readonly<Record<string, unknown>>>(
  mutants: TMutants,
  name: keyof TMutants & string,
): TMutants[keyof TMutants] {
  if (Object.hasOwn(mutants, name)) return mutants[name];
  throw new RangeError(`There is no mutant "${name}". Known: ${Object.keys(mutants).join(', ')}.`);
}
