import { describe, expect, it } from 'vitest';
import { long } from './support/durable/mixed.ts';
import { turmoil } from './support/durable/ordeals.ts';
import { perform, type Scenario } from './support/durable/scenario.ts';

const transcriptOf = async (make: () => Scenario, seed: number): Promise<readonly string[]> => {
  const { cluster } = await perform(make(), seed, turmoil(6));
  return cluster.world.transcript;
};

describe('one seed', () => {
  it.each(Object.entries(long))('gives one transcript: %s', async (_name, make) => {
    const one = await transcriptOf(make, 7);
    expect(one.length).toBeGreaterThan(100);
    expect(await transcriptOf(make, 7)).toEqual(one);
    expect(await transcriptOf(make, 8)).not.toEqual(one);
  });
});
