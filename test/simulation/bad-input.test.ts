import { assign, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { always, defineSystem, type Property, type System } from '../../src/testing/model/spec.ts';
import type { SimulateOptions } from '../../src/testing/simulate/options.ts';
import type { ActorView, SystemState } from '../../src/testing/model/view.ts';
import { simulate } from '../../src/testing/simulate/simulate.ts';
import { encodeToken } from '../../src/testing/simulate/token.ts';
import { planOf } from '../../src/testing/simulate/options.ts';
import { codeOf } from '../support/code-of.ts';
import { tills } from './support/till.ts';

const messageOf = (run: () => unknown): string => {
  try {
    run();
    return 'fine';
  } catch (error) {
    return (error as Error).message;
  }
};

const countOf = (actor: ActorView | undefined): number =>
  (actor?.context as { n: number } | undefined)?.n ?? 0;

const counting = (properties: readonly Property[], limit = Infinity): System =>
  defineSystem({
    name: 'counting',
    actors: {
      counter: {
        logic: setup({ types: { context: {} as { n: number } } }).createMachine({
          context: { n: 0 },
          on: {
            GO: {
              actions: assign({
                n: ({ context }) => {
                  if (context.n === limit) throw new Error('too far');
                  return context.n + 1;
                },
              }),
            },
          },
        }),
        choices: [{ type: 'GO' }],
      },
    },
    properties,
  });

describe('options', () => {
  it.each<[SimulateOptions, string]>([
    [{ seed: -1 }, 'The option seed of simulate must be a whole number from 0 to 4294967295; got -1.'],
    [{ seed: 1.5 }, 'The option seed of simulate must be a whole number from 0 to 4294967295; got 1.5.'],
    [{ runs: 0 }, 'The option runs of simulate must be a whole number from 1; got 0.'],
    [{ steps: Infinity }, 'The option steps of simulate must be a whole number from 1; got "Infinity".'],
    [{ time: 0 }, 'The option time of simulate must be ms, more than 0; got 0.'],
    [{ delay: [5, 1] }, 'The option delay of simulate must be [least, most] in ms; got [5,1].'],
    [{ skew: 1 }, 'The option skew of simulate must be a share from 0 to less than 1; got 1.'],
    [{ faults: { lose: -1 } }, 'The option faults.lose of simulate must be a count or Infinity; got -1.'],
    [{ rates: { lose: 2 } }, 'The option rates.lose of simulate must be a number from 0 to 1; got 2.'],
  ])('%j is refused', (options, message) => {
    expect(messageOf(() => simulate(tills(true), options))).toBe(message);
  });

  it('nobody knows are refused', async () => {
    expect(messageOf(() => simulate(tills(true), { sead: 1 } as never))).toMatch(
      /^simulate has no option "sead"\. Known options: seed, runs, /,
    );
    expect(await codeOf(() => simulate(tills(true), { faults: { loose: 1 } as never }))).toBe(
      'INVALID_OPTION',
    );
  });
});

describe('a token', () => {
  const plan = planOf({}, {});
  const token = encodeToken({ system: 'till', plan, tape: {} });

  it.each([
    ['that is empty', ''],
    ['of other characters', 'a b'],
    ['that is cut off', token.slice(0, 40)],
    ['of another system', encodeToken({ system: 'bank', plan, tape: {} })],
    ['with a tape of texts', encodeToken({ system: 'till', plan, tape: { x: ['1'] } as never })],
    ['with a plan that cannot be', encodeToken({ system: 'till', plan: { ...plan, steps: -1 }, tape: {} })],
  ])('%s is refused', async (_, bad) => {
    expect(await codeOf(() => simulate(tills(true), { replay: bad }))).toBe('INVALID_TOKEN');
  });

  it('with numbers beyond what there is to choose from is a run all the same', () => {
    const tape = { 'pick payer0': [99], 'delay payer0 till': [1e9], blow: [7, 7], 'fate payer0 till': [9] };
    const { ok, runs } = simulate(tills(true), { replay: encodeToken({ system: 'till', plan, tape }) });
    expect([ok, runs]).toEqual([true, 1]);
  });
});

describe('a model', () => {
  it('with a chart that throws has a failing run, which is shrunk', () => {
    const { failure, properties } = simulate(counting([], 3), { runs: 5 });
    expect([failure?.property, failure?.actions.length]).toEqual(['no actor fails', 4]);
    expect(failure?.trace.steps.at(-1)?.state.actors['counter']?.status).toBe('error');
    expect(properties[0]).toEqual({ name: 'no actor fails', kind: 'always', holds: false });
  });

  it('with a property that throws is refused, naming it', async () => {
    const throwing = always('broken', () => {
      throw new Error('oh');
    });
    expect(messageOf(() => simulate(counting([throwing])))).toBe('The property "broken" threw: oh');
    expect(await codeOf(() => simulate(counting([throwing])))).toBe('PROPERTY_FAILED');
  });

  it('that never ends is cut off at the bound, and what should hold in the end is not known', () => {
    const never: Property = { name: 'ends', kind: 'eventually', holds: () => false };
    const { endings, properties, steps } = simulate(counting([never]), { runs: 3, steps: 50 });
    expect([endings, steps]).toEqual([{ steps: 3 }, 150]);
    expect(properties.at(-1)).toEqual({ name: 'ends', kind: 'eventually', holds: null });
    expect(simulate(counting([]), { runs: 3, time: 100 }).endings).toEqual({ time: 3 });
  });

  it('whose property is looked at only now and then fails later, and is shrunk to where it fails first', () => {
    const few = always('few', ({ actors }) => countOf(actors['counter']) < 5);
    for (const check of ['every', 'end', 7] as const) {
      const { failure } = simulate(counting([few]), { runs: 1, steps: 30, check });
      expect([check, failure?.actions.length]).toEqual([check, 5]);
    }
  });

  it('that is bounded goes no further', () => {
    const boundary = ({ actors }: SystemState): boolean => countOf(actors['counter']) <= 4;
    const { endings, steps } = simulate({ ...counting([]), boundary }, { runs: 2 });
    expect([endings, steps]).toEqual([{ boundary: 2 }, 10]);
  });
});
