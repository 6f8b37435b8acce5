import { perform, type Ordeal, type Scenario } from './scenario.ts';

/** What one process did that others could see, from when the work began: each is a place to cut its life short. */
export async function pointsOf(make: () => Scenario, seed: number, name: string): Promise<readonly string[]> {
  let from = 0;
  const { cluster } = await perform(make(), seed, async ({ world }) => {
    from = world.transcript.length;
  });
  const own = ` ${name} `;
  return cluster.world.transcript
    .slice(from)
    .filter((line) => line.includes(own) && !line.includes(` ${name} debug: `))
    .map((line) => line.slice(line.indexOf(own) + own.length));
}

/** The same run again for each point of a process, cut there. @returns how many runs that were */
export async function cutEverywhere(
  make: () => Scenario,
  seed: number,
  names: readonly string[],
  cut: (name: string, nth: number) => Ordeal,
): Promise<number> {
  let runs = 0;
  for (const name of names) {
    const { length } = await pointsOf(make, seed, name);
    for (let nth = 1; nth <= length; nth++, runs++) {
      try {
        await perform(make(), seed, cut(name, nth));
      } catch (error) {
        throw new Error(`${name}, cut at point ${nth} of ${length}: ${(error as Error).message}`, {
          cause: error,
        });
      }
    }
  }
  return runs;
}
