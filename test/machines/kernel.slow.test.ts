import { beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './support/compare.ts';
import { report } from './support/report-difference.ts';

const runs = 22_000;

// XState's development build warns of every event that comes too late.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

describe('the kernel and the interpreter of XState', () => {
  it(`make the same of ${runs} random charts under random events`, () => {
    const verdicts = { same: 0, endless: 0, orphaned: 0 };
    for (let seed = 1_001; seed < 1_001 + runs; seed += 1) {
      const { verdict } = run(seed);
      if (typeof verdict === 'object') expect.fail(report(seed));
      verdicts[verdict] += 1;
    }
    expect(verdicts.same).toBeGreaterThan(20_000);
  });
});
