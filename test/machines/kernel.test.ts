import { describe, expect, it } from 'vitest';
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

describe('the kernel and the interpreter of XState', () => {
  it('make the same of 400 random charts under random events', () => {
    const counts: Record<string, number> = {};
    const verdicts: Record<string, number> = { same: 0, endless: 0, orphaned: 0 };
    for (let seed = 1; seed <= 400; seed += 1) {
      const { verdict, effects } = run(seed, (feature) => (counts[feature] = (counts[feature] ?? 0) + 1));
      for (const kind of effects) counts[kind] = (counts[kind] ?? 0) + 1;
      if (typeof verdict === 'object') expect.fail(report(seed));
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
    }
    expect(verdicts).toEqual({ same: 369, endless: 30, orphaned: 1 });
    expect([...features, ...kinds].filter((feature) => (counts[feature] ?? 0) === 0)).toEqual([]);
  });
});
