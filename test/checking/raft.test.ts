import { describe, expect, it } from 'vitest';
import { explore, type System } from 'troupe/testing';
import { system, type Params } from '../../examples/model-checking/raft.ts';
import { explore as lookAtAll } from './support/naive.ts';

/** What an exploration finds: size, and every property that does not hold with the length of its shortest run. */
const look = (model: System) => {
  const { distinctStates, generatedStates, depth, properties } = explore(model);
  const failing = properties.filter(({ holds }) => holds !== true).map(({ name, steps }) => [name, steps]);
  return { size: [distinctStates, generatedStates, depth], failing };
};

const failing = (model: System) => look(model).failing;

/** The first property that fails, breadth first, with the length of its shortest run. */
const firstFailing = (params: Params) => {
  const found = explore(system(params), { failFast: true }).properties.find(({ holds }) => holds === false);
  return [found?.name, found?.steps];
};

describe('Raft', () => {
  it('elects one leader a term and commits no two entries at one index, over two terms', () => {
    expect(look(system({}))).toEqual({ size: [21_363, 50_043, 36], failing: [] });
  });

  it('does so when a server crashes and comes back with what it has stored', () => {
    expect(failing(system({ crash: 1, messages: 3 }))).toEqual([]);
  });

  it('does so when messages are lost and come twice', () => {
    expect(failing(system({ lose: 1, duplicate: 1, messages: 3 }))).toEqual([]);
  });

  it('does so where figure 8 begins', () => {
    expect(failing(system({ start: 'figure-8', terms: 4, entries: 2 }))).toEqual([]);
  });

  it('has the same states in the reference explorer', () => {
    const { distinct, generated, depth, steps } = lookAtAll(system({ terms: 1 }));
    expect(look(system({ terms: 1 })).size).toEqual([distinct, generated, depth]);
    expect(steps['a leader is elected']).toBe(3);
  });
});

describe('mutants of Raft', () => {
  it('figure 8: an entry of an old term is committed by counting, and a later leader lacks it (11 steps)', () => {
    const prepared = { start: 'figure-8', terms: 4, messages: 6 } as const;
    expect(firstFailing({ ...prepared, mutant: 'counts-old-terms' })).toEqual([
      'leader completeness: a later leader has what was committed',
      11,
    ]);
  });

  it('a vote that is not stored is given twice: two leaders in a term (8 steps)', () => {
    const crashing = { crash: 1, terms: 1, messages: 6 };
    expect(firstFailing({ ...crashing, mutant: 'forgets-vote' })).toEqual([
      'election safety: one leader a term',
      8,
    ]);
  });

  it('a vote for a log that lacks entries makes a leader without what was committed (9 steps)', () => {
    expect(firstFailing({ messages: 7, mutant: 'votes-for-any-log' })).toEqual([
      'leader completeness: a later leader has what was committed',
      9,
    ]);
  });
});
