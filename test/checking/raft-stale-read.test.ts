import { describe, expect, it } from 'vitest';
import { explore } from 'troupe/testing';
import { system, type Params } from '../../examples/model-checking/stale-read.ts';

const staleness = (params: Params) => {
  const { properties } = explore(system({ ...params, mutant: 'reads-locally' }), { failFast: true });
  return properties.find(({ name }) => name === 'linearizable')!;
};

describe('a register on Raft', () => {
  it('is linearizable, also when the leader is cut off with a reader', () => {
    const { distinctStates, generatedStates, depth, complete, properties } = explore(system({ messages: 5 }));
    expect({ distinctStates, generatedStates, depth, complete }).toEqual({
      distinctStates: 156_831,
      generatedStates: 457_761,
      depth: 48,
      complete: true,
    });
    expect(properties.filter(({ holds }) => holds !== true)).toEqual([]);
  });

  it('is stale when a leader that is cut off answers reads from its own state (17 steps)', () => {
    const { steps, trace } = staleness({ messages: 8, entries: 1 });
    expect(steps).toBe(17);
    const kinds = trace!.steps.map(({ action }) => action.kind);
    expect(kinds.filter((kind) => kind === 'partition')).toEqual(['partition']);
    const { actors } = trace!.steps.at(-1)!.state;
    expect(actors['writer']?.value).toBe('answered');
    expect((actors['reader']?.context as { result: unknown }).result).toBe(null);
  });

  it('is as stale without a split, when messages merely wait (14 steps)', () => {
    const waiting = { messages: 8, entries: 1, partition: 0, network: 'unordered', timers: 'any' } as const;
    expect(staleness(waiting).steps).toBe(14);
  });
});
