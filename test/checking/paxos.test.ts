import { describe, expect, it } from 'vitest';
import { explore, type Exploration, type PropertyVerdict } from 'troupe/testing';
import { explore as exploreNaively } from './support/naive.ts';
import { system as register } from '../../examples/model-checking/paxos.ts';
import { system as synod, type Params as SynodParams } from '../../examples/model-checking/paxos-synod.ts';

const verdict = ({ properties }: Exploration, name: string): PropertyVerdict =>
  properties.find((property) => property.name === name)!;

const failing = ({ properties }: Exploration): readonly string[] =>
  properties.filter(({ holds }) => holds !== true).map(({ name }) => name);

const deliveries = ({ trace }: PropertyVerdict): readonly string[] =>
  trace!.steps.map(({ action }) => (action.kind === 'deliver' ? action.sent.event.type : action.kind));

describe('Paxos behind a register', () => {
  // Stateright, examples/paxos.rs: 16,668 states, "value chosen" after these 8 deliveries. Generated and depth: an independent program.
  it('has the states of the model of Stateright, and is linearizable', () => {
    const found = explore(register());
    expect(found).toMatchObject({
      distinctStates: 16_668,
      generatedStates: 32_971,
      depth: 21,
      complete: true,
    });
    expect(failing(found)).toEqual([]);
    // That the client hears of it and that another server does go on at the same time.
    expect(deliveries(verdict(found, 'value chosen')).toSorted()).toEqual([
      'ACCEPT',
      'ACCEPTED',
      'DECIDED',
      'GET',
      'PREPARE',
      'PREPARED',
      'PUT',
      'PUT_OK',
    ]);
  });

  it('the reference explorer finds the same', () => {
    expect(exploreNaively(register({ clients: 1 }))).toMatchObject(
      countsOf(explore(register({ clients: 1 }))),
    );
    const rounds = register({ servers: 2, clients: 1, rounds: 2, crash: 1 });
    expect(exploreNaively(rounds)).toMatchObject(countsOf(explore(rounds)));
  });

  it.each<[string, Parameters<typeof register>[0], number]>([
    ['in queues, as Troupe delivers', { network: 'ordered' }, 33_328],
    ['with a lost message', { lose: 1 }, 100_699],
    ['with servers that lose patience and open higher ballots', { clients: 1, rounds: 2 }, 52_411],
    ['with a server that dies and comes back with its memory', { clients: 1, crash: 1 }, 1_869],
  ])('is linearizable %s', (_, params, distinctStates) => {
    const found = explore(register(params));
    expect(found).toMatchObject({ distinctStates, complete: true });
    expect(failing(found)).toEqual([]);
  });

  it.each([
    ['no-adoption', {}, 17],
    ['no-promise', {}, 17],
    ['small-quorum', {}, 13],
    ['amnesia', { crash: 1 }, 19],
  ] as const)('the mutant %s is not linearizable', (mutant, params, steps) => {
    const found = explore(register({ ...params, mutant }), { failFast: true });
    expect(verdict(found, 'linearizable')).toMatchObject({ holds: false, steps });
  });
});

const countsOf = ({ distinctStates: distinct, generatedStates: generated, depth }: Exploration) => ({
  distinct,
  generated,
  depth,
});

describe('Paxos as Lamport specifies it', () => {
  const ONE = 'at most one value is chosen';

  // tlaplus/Examples, PaxosHowToWinATuringAward, MCPaxosTiny.cfg (TLC): 3,921 distinct, depth 17.
  it('has the states of the TLA+ specification, and chooses one value', () => {
    const found = explore(synod());
    expect(found).toMatchObject({ distinctStates: 3_921, depth: 17, complete: true });
    expect(failing(found)).toEqual([]);
  });

  // Orbits of the 3,921 states under the six ways to rename acceptors: an independent program on the specification.
  it('acceptors are alike: exchanging them leaves 857 states', () => {
    const found = explore(synod(), { symmetry: true });
    expect(found).toMatchObject({ distinctStates: 857, complete: true });
    expect(failing(found)).toEqual([]);
  });

  // Lengths: an independent program on the specification.
  it.each<[NonNullable<SynodParams['mutant']>, number]>([
    ['no-adoption', 12],
    ['no-promise', 12],
    ['two-proposals', 9],
    ['small-quorum', 10],
  ])('the mutant %s chooses two values in %i steps', (mutant, steps) => {
    const found = explore(synod({ mutant }), { failFast: true });
    expect(verdict(found, ONE)).toMatchObject({ holds: false, steps });
  });
});
