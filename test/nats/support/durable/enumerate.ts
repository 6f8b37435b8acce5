import type { Outcome } from './run.ts';

/** Every cut point of a scenario, from the first on, and what became of each run. */
export interface Enumeration {
  /** Runs that were cut, by the number of their point. */
  readonly cuts: ReadonlyMap<number, Outcome>;
  readonly failures: readonly string[];
}

/** The number of points varies a little from run to run: after so many runs that were over before their point, there are no more. */
const BEYOND = 3;

/**
 * Cut a scenario at each of its points: at 1, 2, 3, ... until it is over before it is cut.
 * @param width runs at a time
 */
export async function enumerate(
  run: (at: number) => Promise<Outcome>,
  width: number,
  first = 1,
): Promise<Enumeration> {
  const cuts = new Map<number, Outcome>();
  const failures: string[] = [];
  let next = first;
  let beyond = 0;
  const work = async (): Promise<void> => {
    while (beyond < BEYOND && failures.length < BEYOND) {
      const at = next++;
      try {
        const outcome = await run(at);
        if (outcome.wound === undefined) beyond += 1;
        else cuts.set(at, outcome);
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return { cuts, failures };
}

/** One line for people: how many points, of what kinds, and how long recovery took. */
export function summary(name: string, { cuts }: Pick<Enumeration, 'cuts'>): string {
  const times = [...cuts.values()].map(({ recovery }) => recovery).toSorted((a, b) => a - b);
  const kinds = new Map<string, number>();
  for (const kind of kindsOf({ cuts })) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const at = (share: number): string => `${Math.round(times[Math.floor(times.length * share)] ?? 0)} ms`;
  const counts = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(', ');
  return `${name}: ${cuts.size} cut points (${counts}); recovered in ${at(0.5)} (median), ${at(0.999)} (longest)`;
}

/** Of what kinds the cut points were. */
export const kindsOf = ({ cuts }: Pick<Enumeration, 'cuts'>): readonly string[] =>
  [...cuts.values()].flatMap(({ wound }) => (wound === undefined ? [] : [kindOf(wound.label)]));

/** Of what kind a cut point is: `before append`, `publish`, `publish $took`. */
function kindOf(label: string): string {
  const [when = '', what = ''] = label.split(' ');
  if (when !== 'publish') return `${when} ${what}`;
  return label.includes('$took') ? 'publish $took' : 'publish';
}
