import { describe, expect, it } from 'vitest';
import { eventually, explore, type Action } from 'troupe/testing';
import { system, type Params } from '../../examples/model-checking/two-phase-commit.ts';

const ATOMIC = 'none aborts where another commits';
const DECIDED = 'all participants decide';

const property = (params: Params, name: string) => {
  const found = explore(system(params));
  expect(found.complete).toBe(true);
  return found.properties.find((each) => each.name === name)!;
};

const label = (action: Action): string => {
  switch (action.kind) {
    case 'deliver':
      return `${action.sent.to} gets ${action.sent.event.type}`;
    case 'settle':
      return `${action.actor} ${action.path.join('/')} ${'error' in action.outcome ? 'fails' : 'succeeds'}`;
    case 'timeout':
    case 'crash':
    case 'restart':
      return `${action.actor}: ${action.kind}`;
    default:
      return action.kind;
  }
};

const labels = (params: Params, name: string): readonly string[] =>
  (property(params, name).trace?.steps ?? []).map(({ action }) => label(action));

describe('two-phase commit has the states of the TLA+ specification TwoPhase', () => {
  // tlaplus/Examples, specifications/transaction_commit: 288 distinct, 1,146 generated, depth 11 (TLC); Stateright, examples/2pc.rs:
  // 288 and 8,832. Totals and depth for 2 and 5 participants: an independent program of ours.
  it.each([
    [3, 288, 1_146, 11],
    [5, 8_832, 58_146, 17],
  ])('%i participants', (participants, distinctStates, generatedStates, depth) => {
    const found = explore(system({ participants }));
    expect(found).toMatchObject({ distinctStates, generatedStates, depth, complete: true });
    expect(found.properties.filter(({ holds }) => holds !== true)).toEqual([]);
  });

  // By hand: n participants are in 4 states each before the decision, in 6 after an abort, and in 2 after a commit; 4^n + 6^n + 2^n is 288
  // and 8,832, and as multisets C(n+3, 3) + C(n+5, 5) + n + 1. (Representatives that depend on the order of the search give 94 and 665.)
  it.each([
    [3, 80],
    [5, 314],
  ])('%i participants that only their names tell apart', (participants, distinctStates) => {
    const found = explore(system({ participants }), { symmetry: true });
    expect(found).toMatchObject({ distinctStates, complete: true });
    expect(found.properties.filter(({ holds }) => holds !== true)).toEqual([]);
  });

  it('and everybody decides in the end', () => {
    const decided = eventually('all decide', ({ actors }) =>
      ['p1', 'p2', 'p3'].every((name) => ['committed', 'aborted'].includes(actors[name]!.value as string)),
    );
    const { properties } = explore({ ...system(), properties: [decided] });
    expect(properties.at(-1)).toMatchObject({ name: 'all decide', holds: true });
  });
});

describe('a coordinator or participant that is wrong is found in the fewest steps', () => {
  it.each<[Params['mutant'], Params, number]>([
    ['majority', {}, 7],
    ['any-one', {}, 5],
    ['impatient', { timers: 'any' }, 9],
    ['no-log', { crash: 1 }, 10],
  ])('%s, and the right one is silent there', (mutant, circumstances, steps) => {
    expect(property({ ...circumstances, mutant: mutant! }, ATOMIC)).toMatchObject({ holds: false, steps });
    expect(property(circumstances, ATOMIC)).toMatchObject({ holds: true, steps: null });
  });

  it('a majority commits, and then the third cannot', () => {
    const path = labels({ mutant: 'majority' }, ATOMIC);
    expect([...path].sort()).toEqual([
      expect.stringMatching(/^coordinator gets PREPARED$/),
      expect.stringMatching(/^coordinator gets PREPARED$/),
      'coordinator record succeeds',
      expect.stringMatching(/^p\d gets COMMIT$/),
      expect.stringMatching(/^p\d prepare (succeeds|fails)$/),
      expect.stringMatching(/^p\d prepare (succeeds|fails)$/),
      expect.stringMatching(/^p\d prepare (succeeds|fails)$/),
    ]);
  });

  it('a coordinator without a log says COMMIT to one, and after its crash ABORT to another', () => {
    const path = labels({ mutant: 'no-log', crash: 1 }, ATOMIC);
    expect(path).toEqual(expect.arrayContaining(['coordinator: crash', 'coordinator: restart']));
    const told = path.filter((each) => each.endsWith('COMMIT') || each.endsWith('ABORT'));
    expect(told.map((each) => each.replace(/^p\d gets /, '')).sort()).toEqual(['ABORT', 'COMMIT']);
    expect(new Set(told.map((each) => each.slice(0, 2))).size).toBe(2);
  });
});

describe('when the coordinator crashes', () => {
  it('and comes back with its log, all is decided, and alike', () => {
    const found = explore(system({ crash: 2 }));
    expect(found.complete).toBe(true);
    expect(found.properties.filter(({ holds }) => holds !== true)).toEqual([]);
  });

  it('and stays away after all have voted, nobody can decide: two-phase commit blocks', () => {
    const stays = { crash: 1, restart: 0 };
    expect(property(stays, DECIDED)).toMatchObject({ holds: false, steps: 4 });
    expect([...labels(stays, DECIDED)].sort()).toEqual([
      'coordinator: crash',
      'p1 prepare succeeds',
      'p2 prepare succeeds',
      'p3 prepare succeeds',
    ]);
    expect(property(stays, ATOMIC).holds).toBe(true);
  });
});

it('stays atomic with everything that a live run has: refusals said aloud, inquiries, lost patience, crashes', () => {
  const found = explore(system({ participants: 3, refusesAloud: true, timers: 'any', crash: 1 }));
  expect(found).toMatchObject({ distinctStates: 2_489, complete: true });
  expect(found.properties.filter(({ holds }) => holds !== true)).toEqual([]);
});

it('refuses a mutant that it does not have', () => {
  expect(() => system({ mutant: 'lazy' as never })).toThrow(
    'There is no mutant "lazy". Known: none, majority, any-one, impatient, no-log.',
  );
});
