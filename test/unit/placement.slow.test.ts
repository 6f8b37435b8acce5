import { describe, expect, it } from 'vitest';
import { seedOf } from '../../src/testing/random.ts';
import { churn } from './support/churn.ts';

const SEED = Number(process.env.SEED ?? 20_261_121);
const RUNS = 500;

describe('placement of virtual actors, at length', () => {
  it.each([1, 5, 15, 60])('T1 T2 whatever the views, with messages that take up to %i ms', async (delay) => {
    for (let run = 0; run < RUNS; run++) {
      const seed = seedOf(SEED + delay, run);
      const world = await churn(seed, 0, delay);
      expect(world.missing(), `seed ${seed}`).toEqual([]);
      expect(world.recorder.faults, `seed ${seed}`).toEqual([]);
    }
  });
});
