/** One contender of memory; it lives for one round. */
export interface Herd {
  spawn(count: number): Promise<HerdRound>;
}

export interface HerdRound {
  /** Used heap per actor after collection, bytes. */
  readonly bytes: number;
  /** The same after every actor has handled a message. */
  readonly bytesAfter: number;
  readonly spawnSeconds: number;
  /** Actors that proved to have handled their message. */
  readonly answered: number;
  readonly answerSeconds: number;
}

/**
 * Measure a population.
 * @param spawn makes the actors and returns what keeps them alive
 * @param answer sends each a message and counts those that have handled it
 */
export async function weigh<T>(
  count: number,
  spawn: (count: number) => Promise<readonly T[]>,
  answer: (actors: readonly T[]) => Promise<number>,
): Promise<HerdRound> {
  const empty = await heap();
  const began = performance.now();
  const actors = await spawn(count);
  const spawned = performance.now();
  const full = await heap();
  const asked = performance.now();
  const answered = await answer(actors);
  const answeredAt = performance.now();
  const after = await heap();
  return {
    bytes: (full - empty) / actors.length,
    bytesAfter: (after - empty) / actors.length,
    spawnSeconds: (spawned - began) / 1_000,
    answered,
    answerSeconds: (answeredAt - asked) / 1_000,
  };
}

/** Used heap, bytes: collected until nothing more goes, so that what finalisers release is gone too. */
async function heap(): Promise<number> {
  if (gc === undefined) throw new Error('Run this with --expose-gc.');
  for (let used = Infinity; ;) {
    await new Promise((resolve) => void setImmediate(resolve));
    gc();
    const now = process.memoryUsage().heapUsed;
    if (now > used * SETTLED) return now;
    used = now;
  }
}

const SETTLED = 0.9999;
