import { describe, expect, it } from 'vitest';
import { explore, type System } from 'troupe/testing';
import { system } from '../../examples/model-checking/raft.ts';
import { system as register } from '../../examples/model-checking/stale-read.ts';

const verdict = (model: System) => {
  const { distinctStates, complete, properties } = explore(model, { maxMemory: 3_000 });
  const failing = properties.filter(({ holds }) => holds !== true).map(({ name }) => name);
  return { distinctStates, complete, failing };
};

describe('Raft, larger', () => {
  it('five messages under way', () => {
    expect(verdict(system({ messages: 5 }))).toEqual({
      distinctStates: 210_249,
      complete: true,
      failing: [],
    });
  });

  it('a crash, four messages', () => {
    expect(verdict(system({ crash: 1, messages: 4 }))).toEqual({
      distinctStates: 171_051,
      complete: true,
      failing: [],
    });
  });

  it('all three may stand, over three terms', () => {
    const wide = { candidates: 3, terms: 3, messages: 3 };
    expect(verdict(system(wide))).toEqual({ distinctStates: 10_069, complete: true, failing: [] });
  });

  it('two entries in a log', () => {
    expect(verdict(system({ entries: 2, messages: 4 }))).toEqual({
      distinctStates: 72_567,
      complete: true,
      failing: [],
    });
  });

  it('a register, six messages under way', () => {
    expect(verdict(register({ messages: 6 }))).toEqual({
      distinctStates: 346_978,
      complete: true,
      failing: [],
    });
  });
});
