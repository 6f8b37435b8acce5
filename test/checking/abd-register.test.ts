import { describe, expect, it } from 'vitest';
import { abdRegister, paxos } from 'troupe/machines';
import { explore, start, type Exploration, type PropertyVerdict } from 'troupe/testing';
import { explore as exploreNaively } from './support/naive.ts';
import { system, type Params } from '../../examples/model-checking/abd-register.ts';

const verdict = ({ properties }: Exploration, name: string): PropertyVerdict =>
  properties.find((property) => property.name === name)!;

const failing = ({ properties }: Exploration): readonly string[] =>
  properties.filter(({ holds }) => holds !== true).map(({ name }) => name);

describe('the register of Attiya, Bar-Noy and Dolev', () => {
  // Stateright, examples/linearizable-register.rs: 544 states, "value chosen" after 11 deliveries. In queues: an independent program.
  it.each([
    ['unordered', 544],
    ['ordered', 620],
  ] as const)('has the states of the model of Stateright, %s: %i', (network, distinctStates) => {
    const found = explore(system({ network }));
    expect(found).toMatchObject({ distinctStates, complete: true });
    expect(failing(found)).toEqual([]);
    expect(verdict(found, 'value chosen').steps).toBe(11);
    const { distinct, generated, depth } = exploreNaively(system({ network }));
    expect([distinct, generated, depth]).toEqual([found.distinctStates, found.generatedStates, found.depth]);
  });

  it.each<[string, Params, number]>([
    ['three replicas', { servers: 3, clients: 1 }, 1_449],
    ['calls that wait at a busy replica', { room: 2, network: 'ordered' }, 584],
    ['a replica that dies and comes back with its memory', { crash: 1 }, 2_869],
    ['a lost message, which is asked for again', { lose: 1 }, 1_536],
    ['the death of one of three', { servers: 3, clients: 1, crash: 1 }, 7_757],
    ['a client that only reads', { clients: 1, readers: 1 }, 378],
    ['reads that end early when a majority agrees', { servers: 3, clients: 1, fastRead: 'agreed' }, 1_177],
  ])('is linearizable with %s', (_, params, distinctStates) => {
    const found = explore(system(params));
    expect(found).toMatchObject({ distinctStates, complete: true });
    expect(failing(found)).toEqual([]);
  });

  it('a reader that does not write back what it read: the next read may be older', () => {
    // With two replicas every majority is all of them, and nothing can be missed.
    const two = explore(system({ clients: 1, readers: 1, mutant: 'no-write-back' }));
    expect(two.complete).toBe(true);
    expect(failing(two)).toEqual([]);
    const three = system({ servers: 3, clients: 1, readers: 1, mutant: 'no-write-back' });
    const found = verdict(explore(three, { failFast: true }), 'linearizable');
    expect(found).toMatchObject({ holds: false, steps: 11 });
    const reads = found.trace!.steps.flatMap(({ action }) =>
      action.kind === 'deliver' && action.sent.event.type === 'GET_OK'
        ? [(action.sent.event as { type: string; value?: unknown }).value]
        : [],
    );
    expect(reads).toEqual(['A', null]);
  });

  it('a replica that comes back without its memory loses what was written', () => {
    const found = explore(system({ servers: 3, clients: 1, crash: 1, mutant: 'amnesia' }), {
      failFast: true,
    });
    expect(verdict(found, 'linearizable')).toMatchObject({ holds: false, steps: 14 });
  });
});

it.each([
  ['itself among its peers', { name: 'a', peers: ['b', 'a'] }, "'a' is twice among the replicas [a, b, a]"],
  ['no name', { name: '', peers: ['b'] }, "name is ''"],
  ['no room to speak of', { name: 'a', peers: ['b'], room: -1 }, 'room is -1'],
  ['no patience', { name: 'a', peers: ['b'], patience: 0 }, 'patience is 0'],
])('a replica with %s does not start', (_, input, message) => {
  for (const chart of [abdRegister, paxos]) {
    const [{ snapshot }] = start(chart, input);
    expect(snapshot.status).toBe('error');
    expect(snapshot.error).toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringContaining(message) as string,
    });
  }
});
