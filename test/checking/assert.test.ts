import { actorSut, assertSimulation, assertSystem, testModel } from 'troupe/testing';
import { setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { system } from '../../examples/model-checking/two-phase-commit.ts';

const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

describe('for a test', () => {
  it('assertSystem gives what explore gives, or throws a run for each property that fails', () => {
    expect(assertSystem(system({ participants: 3 })).distinctStates).toBe(288);
    const message = messageOf(() => assertSystem(system({ participants: 3, mutant: 'majority' })));
    expect(message).toMatch(/^two-phase-commit: 319 states, 1 of 5 properties do not hold\n/);
    expect(message).toContain('"none aborts where another commits" fails after 7 steps:\n  0  start');
  });

  it('assertSystem does not take for held what was not decided', () => {
    const message = messageOf(() => assertSystem(system({ participants: 3 }), { maxStates: 10 }));
    expect(message).toContain('"none aborts where another commits" is not decided: the search was stopped');
    expect(message).toContain('"all commit" was never reached');
  });

  it('assertSimulation throws the shrunk run and its token', () => {
    const broken = system({ participants: 3, mutant: 'majority' });
    const message = messageOf(() => assertSimulation(broken, { seed: 0, runs: 500 }));
    const token = /\{ replay: '([\w-]+)' \}$/.exec(message)?.[1];
    expect(message).toContain('"none aborts where another commits" fails in run');
    expect(messageOf(() => assertSimulation(broken, { replay: token! }))).toContain(
      'none aborts where another commits',
    );
    expect(assertSimulation(system({ participants: 3 }), { runs: 20 }).ok).toBe(true);
  });

  it('testModel does not pass by testing nothing', async () => {
    const shut = setup({ types: { events: {} as { type: 'PAY'; amount?: number } } }).createMachine({
      id: 'shut',
      initial: 'a',
      states: { a: { on: { PAY: { guard: ({ event }) => event.amount === 1, target: 'b' } } }, b: {} },
    });
    await expect(testModel(shut, actorSut(shut))).rejects.toThrow(
      'There is no path to test: its guards refuse PAY. Give cases',
    );
    const { paths } = await testModel(shut, actorSut(shut), { cases: { PAY: [{ amount: 1 }] } });
    expect(paths).toBe(1);
  });
});
