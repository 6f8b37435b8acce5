import { describe, expect, it } from 'vitest';
import { explore, type System } from 'troupe/testing';
import { system } from '../../examples/model-checking/circuit-breaker.ts';
import { explore as lookAtAll } from './support/naive.ts';

/** What an exploration finds: size, and every property that does not hold with the length of its shortest run. */
const look = (model: System) => {
  const { distinctStates, generatedStates, depth, properties } = explore(model);
  const failing = properties.filter(({ holds }) => holds !== true).map(({ name, steps }) => [name, steps]);
  return { size: [distinctStates, generatedStates, depth], failing };
};

const failing = (model: System) => look(model).failing;

describe('the circuit breaker between callers and a dependency', () => {
  it('lets through what it may and closes on the word of its probes', () => {
    expect(look(system({}))).toEqual({ size: [1_752, 4_204, 26], failing: [] });
  });

  it('does so for three callers, and with a window and slow calls', () => {
    expect(look(system({ callers: 3 }))).toEqual({ size: [78_721, 272_489, 38], failing: [] });
    expect(failing(system({ failures: 2, probes: 2, calls: 3, slow: true }))).toEqual([]);
  });

  it('does so when it crashes and reports overtake requests', () => {
    expect(failing(system({ crash: 1, network: 'unordered' }))).toEqual([]);
  });

  it('has the same states in the reference explorer', () => {
    const { distinct, generated, depth, steps } = lookAtAll(system());
    expect([distinct, generated, depth]).toEqual([1_752, 4_204, 26]);
    expect(steps['it closes again']).toBe(11);
  });
});

describe('mutants of the circuit breaker', () => {
  it('half-open admits a probe too many (10 steps)', () => {
    expect(failing(system({ mutant: 'one-probe-too-many' }))).toEqual([
      ['no more probes in flight than permitted', 10],
      ['it rejects a probe beyond the permitted', null],
    ]);
  });

  it('a late success of a call from before it opened closes it (10 steps)', () => {
    expect(failing(system({ mutant: 'late-success' }))).toEqual([['closes on the word of a probe only', 10]]);
  });

  it('a late success is taken for that of the probe (13 steps)', () => {
    expect(failing(system({ mutant: 'no-epoch' }))).toEqual([['closes on the word of a probe only', 13]]);
  });

  it('the timer of the open state is lost: safe, and never tried again', () => {
    expect(failing(system({ mutant: 'lost-timer' }))).toEqual([
      ['it rejects a probe beyond the permitted', null],
      ['it opens again after a failed probe', null],
      ['it closes again', null],
      ['at rest the breaker permits', 14],
      ['everybody is done, and the breaker does not stay open', 14],
    ]);
  });
});
