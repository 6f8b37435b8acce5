import { describe, expect, it } from 'vitest';
import type { ActionKind } from '../../src/testing/model/action.ts';
import type { NetworkKind } from '../../src/testing/model/spec.ts';
import type { Trace } from '../../src/testing/model/trace.ts';
import { simulate } from '../../src/testing/simulate/simulate.ts';
import { everything } from './support/everything.ts';
import { retold } from './support/retold.ts';

const faults = { lose: 3, duplicate: 3, crash: 2, restart: 2, partition: 2, heal: 2, corrupt: 2, forge: 1 };
const kinds: readonly NetworkKind[] = ['ordered', 'unordered', 'duplicating', 'monotone'];

describe('a simulated run', () => {
  it.each(kinds)('is a path of the reference explorer: %s', (network) => {
    const system = everything(network, faults);
    const seen = new Set<ActionKind>();
    const record = (trace: Trace, run: number): void => {
      for (const { action } of trace.steps) seen.add(action.kind);
      expect(`run ${run}: ${retold(system, trace)}`).toBe(`run ${run}: same`);
    };
    const { ok, vacuity } = simulate(system, { seed: 1, runs: 30, steps: 60, record });
    expect([ok, vacuity.unreached]).toEqual([true, []]);
    const all = ['choose', 'deliver', 'settle', 'timeout', 'lose', 'crash', 'restart', 'partition', 'heal'];
    const sets = network === 'duplicating' || network === 'monotone';
    expect([...seen].sort()).toEqual([...all, 'corrupt', 'forge', ...(sets ? [] : ['duplicate'])].sort());
  });

  it.each(['ordered', 'unordered'] as const)('is one where timers wait for messages: %s', (network) => {
    const system = { ...everything(network, faults), timers: 'quiet' as const };
    const differing: string[] = [];
    const record = (trace: Trace): void => void differing.push(retold(system, trace));
    const { counts } = simulate(system, { seed: 4, runs: 30, steps: 60, delay: [10, 60], record });
    expect(counts.timeouts).toBeGreaterThan(10);
    expect([...new Set(differing)]).toEqual(['same']);
    expect(simulate({ ...system, timers: 'never' }, { runs: 5, steps: 60 }).counts.timeouts).toBe(0);
  });

  it('is one when ordered messages overtake each other, which costs a duplicate and a loss each', () => {
    const many = { ...faults, lose: Infinity, duplicate: Infinity };
    const system = everything('ordered', many);
    const differing: string[] = [];
    const record = (trace: Trace): void => void differing.push(retold(system, trace));
    const options = { seed: 2, runs: 30, steps: 60, faults: { ...faults, reorder: 5 }, swarm: false };
    const { counts } = simulate(system, { ...options, rates: { reorder: 0.5 }, record });
    expect(counts.reordered).toBeGreaterThan(10);
    expect([...new Set(differing)]).toEqual(['same']);
  });
});
