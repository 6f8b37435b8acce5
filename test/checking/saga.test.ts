import { describe, expect, it } from 'vitest';
import { explore, type System } from 'troupe/testing';
import { system } from '../../examples/model-checking/saga.ts';
import { explore as lookAtAll } from './support/naive.ts';

/** What an exploration finds: size, and every property that does not hold with the length of its shortest run. */
const look = (model: System) => {
  const { distinctStates, generatedStates, depth, properties } = explore(model);
  const failing = properties.filter(({ holds }) => holds !== true).map(({ name, steps }) => [name, steps]);
  return { size: [distinctStates, generatedStates, depth], failing };
};

const failing = (model: System) => look(model).failing;

describe('the saga over a network that loses, repeats and reorders', () => {
  it('is all or nothing, also when the orchestrator crashes and comes back', () => {
    expect(look(system({}))).toEqual({ size: [9_744, 38_607, 16], failing: [] });
  });

  it('is so with three steps, and with more attempts than one', () => {
    expect(look(system({ steps: 3 }))).toEqual({ size: [52_164, 234_729, 21], failing: [] });
    expect(failing(system({ steps: 1, attempts: 2 }))).toEqual([]);
  });

  it('ends on every path when nobody crashes', () => {
    expect(failing(system({ crash: 0 }))).toEqual([]);
  });

  it('has the same states in the reference explorer', () => {
    const { distinct, generated, depth } = lookAtAll(system({ steps: 1 }));
    expect([distinct, generated, depth]).toEqual([1_089, 3_663, 11]);
    expect(look(system({ steps: 1 })).size).toEqual([1_089, 3_663, 11]);
  });
});

describe('mutants of the saga', () => {
  it('lost compensation: what was to be undone is forgotten in a crash (4 steps)', () => {
    expect(failing(system({ mutant: 'lost-compensation' }))).toEqual([['compensated: no effect is left', 4]]);
    expect(failing(system({ mutant: 'lost-compensation', crash: 0 }))).toEqual([]);
  });

  it('no tombstone: a compensation overtakes its action, which then takes place for ever (4 steps)', () => {
    expect(failing(system({ mutant: 'no-tombstone' }))).toEqual([['compensated: no effect is left', 4]]);
  });

  it('double refund: a compensation that comes twice is carried out twice (5 steps)', () => {
    expect(failing(system({ mutant: 'double-refund' }))).toEqual([['refunds never exceed charges', 5]]);
    expect(failing(system({ mutant: 'double-refund', duplicate: 0 }))).toEqual([]);
  });

  it('no idempotency key: a step is repeated because its answer is late (4 steps)', () => {
    const repeated = { steps: 1, attempts: 2, crash: 0, lose: 0, mutant: 'no-idempotency-key' } as const;
    expect(failing(system(repeated))).toEqual([
      ['completed: every step has taken effect', 5],
      ['compensated: no effect is left', 6],
      ['a step takes effect at most once', 4],
    ]);
    expect(failing(system({ ...repeated, mutant: 'none' }))).toEqual([]);
  });
});
