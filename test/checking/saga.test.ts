import { describe, expect, it } from 'vitest';
import { explore, type System } from 'troupe/testing';
import { system } from '../../examples/model-checking/saga.ts';
import { explore as lookAtAll } from './support/naive.ts';

type Params = NonNullable<Parameters<typeof system>[0]>;

/** Every property that does not hold, with the length of its shortest run. */
const failing = (model: System) =>
  explore(model)
    .properties.filter(({ holds }) => holds !== true)
    .map(({ name, steps }) => [name, steps]);

const size = (params: Params) => {
  const { distinctStates, generatedStates, depth, complete } = explore(system(params));
  return { distinctStates, generatedStates, depth, complete };
};

describe('the saga over a network that loses, repeats and reorders', () => {
  it('is all or nothing, also when the orchestrator crashes and comes back', () => {
    expect(size({})).toEqual({ distinctStates: 9_744, generatedStates: 38_607, depth: 16, complete: true });
    expect(failing(system())).toEqual([]);
  });

  it('is so with three steps, and with more attempts than one', () => {
    expect(size({ steps: 3 })).toEqual({
      distinctStates: 52_164,
      generatedStates: 234_729,
      depth: 21,
      complete: true,
    });
    expect(failing(system({ steps: 3 }))).toEqual([]);
    expect(failing(system({ steps: 1, attempts: 2 }))).toEqual([]);
  });

  it('ends on every path when nobody crashes', () => {
    expect(failing(system({ crash: 0 }))).toEqual([]);
  });

  it('has the same states in the reference explorer', () => {
    const { distinct, generated, depth } = lookAtAll(system({ steps: 1 }));
    expect([distinct, generated, depth]).toEqual([1_089, 3_663, 11]);
    expect(size({ steps: 1 })).toEqual({
      distinctStates: 1_089,
      generatedStates: 3_663,
      depth: 11,
      complete: true,
    });
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
