import { beforeAll, describe, expect, it, vi } from 'vitest';
import { run } from './support/compare.ts';
import { report } from './support/report-difference.ts';

/** Every way of leaving a state, and what is rare enough to be missed. */
const features = [
  'transition on A',
  'transition on B',
  'transition on C',
  'transition on p.x',
  'transition on p.y',
  'transition on *',
  'transition on p.*',
  'transition on always',
  'transition on after',
  'transition on done.state',
  'transition on done.actor',
  'transition on error.actor',
  'transition on snapshot',
  'forbidden',
  'reenter',
  'no target',
  'several targets',
  'to atomic',
  'to compound',
  'to parallel',
  'to final',
  'to shallow',
  'to deep',
  'guard inline',
  'guard with params',
  'guard on a child',
  'guard throws',
  'assign throws',
  'spawn in assign',
  'reads a child',
  'system.get finds',
];

/** By kind of effect, so that what is compared is not nothing. */
const kinds = ['say', 'emit', 'schedule', 'cancel', 'invoke', 'spawn', 'stop', 'forward', 'log', 'action'];

// XState's development build warns of every event that comes too late.
beforeAll(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));

describe('the kernel and the interpreter of XState', () => {
  it('make the same of 250 random charts under random events', () => {
    const counts: Record<string, number> = {};
    const verdicts = { same: 0, endless: 0, orphaned: 0 };
    for (let seed = 1; seed <= 250; seed += 1) {
      const { verdict, effects } = run(seed, (feature) => (counts[feature] = (counts[feature] ?? 0) + 1));
      for (const kind of effects) counts[kind] = (counts[kind] ?? 0) + 1;
      if (typeof verdict === 'object') expect.fail(report(seed));
      verdicts[verdict] += 1;
    }
    expect(verdicts).toEqual({ same: 229, endless: 20, orphaned: 1 });
    expect([...features, ...kinds].filter((feature) => (counts[feature] ?? 0) === 0)).toEqual([]);
  }, 60_000);
});
