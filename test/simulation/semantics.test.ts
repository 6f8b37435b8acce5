import { describe, expect, it } from 'vitest';
import type { ActionKind } from '../../src/testing/model/action.ts';
import type { Ledger, NetworkKind, System } from '../../src/testing/model/spec.ts';
import type { Trace } from '../../src/testing/model/trace.ts';
import type { Sent } from '../../src/testing/model/view.ts';
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

  it('is one when ordered messages overtake each other: each is lost, and forged behind the others', () => {
    const recorded: Ledger<readonly Sent[]> = { initial: [], sent: (all, sent) => [...all, sent] };
    const system: System = {
      ...everything('ordered', { ...faults, lose: Infinity, forge: Infinity }),
      history: recorded as never,
      byzantine: { forge: ({ history }) => history as readonly Sent[] },
    };
    const differing: string[] = [];
    const record = (trace: Trace): void => void differing.push(retold(system, trace));
    const only = { lose: 0, corrupt: 0, forge: 0, reorder: 5 };
    const options = { seed: 2, runs: 30, steps: 60, faults: only, swarm: false, rates: { reorder: 0.5 } };
    const { counts } = simulate(system, { ...options, record });
    expect(counts.reordered).toBeGreaterThan(10);
    expect([counts.lost, counts.forged]).toEqual([counts.reordered, counts.reordered]);
    expect([...new Set(differing)]).toEqual(['same']);
  });
});
