import { describe, expect, it } from 'vitest';
import type { Trace } from '../../src/testing/model/trace.ts';
import type { NetworkKind } from '../../src/testing/model/spec.ts';
import { simulate } from '../../src/testing/simulate/simulate.ts';
import { everything } from './support/everything.ts';
import { retold } from './support/retold.ts';
import { tills } from './support/till.ts';
import { twoPhase } from './support/two-phase.ts';

const faults = { lose: 3, duplicate: 3, crash: 2, partition: 2 };
const kinds: readonly NetworkKind[] = ['ordered', 'unordered', 'duplicating', 'monotone'];

describe('simulate, over thousands of seeds', () => {
  it.each([
    ['two-phase commit', twoPhase({}, faults)],
    ['a till with dedupe', tills(true, faults, 4)],
    [
      'a till that anything may happen to',
      tills(true, { lose: Infinity, duplicate: Infinity, crash: Infinity }),
    ],
  ])('is silent about %s', (_, system) => {
    const { ok, failure, runs } = simulate(system, { seed: 11, runs: 10_000, steps: 500 });
    expect([ok, failure?.actions, runs]).toEqual([true, undefined, 10_000]);
  });

  it.each(kinds)('goes nowhere the reference explorer does not go: %s', (network) => {
    const system = everything(network, {
      lose: 3,
      duplicate: 3,
      crash: 2,
      partition: 2,
      corrupt: 2,
      forge: 1,
    });
    const record = (trace: Trace, run: number): void => {
      expect(`run ${run}: ${retold(system, trace)}`).toBe(`run ${run}: same`);
    };
    expect(simulate(system, { seed: 12, runs: 500, steps: 60, record }).ok).toBe(true);
  });

  it.each([1, 2, 3, 4, 5])('finds what is planted from seed %i, and shrinks it as far', (seed) => {
    const majority = simulate(twoPhase({ majority: true }, faults), { seed, runs: 1_000 });
    expect(majority.failure?.shrunk).toMatchObject({ faults: 0, steps: 6 });
    const twice = simulate(tills(false, faults), { seed, runs: 1_000 });
    expect(twice.failure?.shrunk).toMatchObject({ faults: 1 });
    expect(twice.failure?.shrunk.steps).toBeLessThanOrEqual(5);
  });
});
