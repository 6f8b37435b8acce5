/** A contender: what it is called in the output, and one round of it. */
export interface Contender<T> {
  readonly name: string;
  round(): Promise<T>;
}

export interface Plan {
  readonly warmUp: number;
  readonly rounds: number;
}

/** As settings of the output. */
export const describePlan = ({ warmUp, rounds }: Plan): Readonly<Record<string, number>> => ({
  'rounds, in turn': rounds,
  'rounds to warm up': warmUp,
});

/**
 * Rounds in the order A B C A B C ...: whatever else the machine does meanwhile falls on all contenders alike.
 * @returns the rounds of each contender, in the order of the contenders; those of the warm-up are left out
 */
export async function interleave<T>(
  contenders: readonly Contender<T>[],
  { warmUp, rounds }: Plan,
  note: (line: string) => void,
): Promise<readonly (readonly T[])[]> {
  const results = contenders.map((): T[] => []);
  for (let round = 1 - warmUp; round <= rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      note(round > 0 ? `${contender.name}: round ${round} of ${rounds}` : `${contender.name}: warm-up`);
      const result = await contender.round();
      if (round > 0) results[index]!.push(result);
    }
  }
  return results;
}
