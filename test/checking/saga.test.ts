import { describe, expect, it } from 'vitest';
import { system } from '../../examples/model-checking/saga.ts';
import { explore } from './support/naive.ts';

const steps = (params: Parameters<typeof system>[0]) => explore(system(params)).steps;

describe('the saga over an unreliable network', () => {
  it('is all or nothing while messages are lost, repeated and reordered and the orchestrator crashes', () => {
    const { distinct, generated, depth, steps: found } = explore(system({ steps: 1 }));
    expect([distinct, generated, depth]).toEqual([1_089, 3_663, 11]);
    expect(found).toEqual({
      'completed: every step has taken effect': undefined,
      'compensated: no effect is left': undefined,
      'refunds never exceed charges': undefined,
      'a step takes effect at most once': undefined,
      'the saga completes': 2,
      'an effect is undone': 3,
      'a person is needed': 2,
      'the saga ends, or a person is needed': undefined,
    });
  });
});
