import { beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './support/frozen-charts.ts';

const runs = 2_000;

// XState's development build warns of every event that comes too late.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

describe('an actor that comes back from what was stored', () => {
  it(`decides as if it had lived on: ${runs} random charts under random events`, () => {
    let same = 0;
    for (let seed = 10_001; seed < 10_001 + runs; seed += 1) {
      const outcome = run(seed);
      if (typeof outcome === 'object')
        expect({ seed, ...outcome.restored }, JSON.stringify(outcome.after)).toEqual({
          seed,
          ...outcome.original,
        });
      if (outcome === 'same') same += 1;
    }
    expect(same).toBeGreaterThan(1_600);
  });
});
