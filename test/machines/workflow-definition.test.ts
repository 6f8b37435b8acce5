import { describe, expect, it } from 'vitest';
import { holds, render, validateWorkflow, type Condition, type WorkflowStep } from '../../machines/index.ts';

const steps = (graph: Readonly<Record<string, readonly string[]>>): WorkflowStep[] =>
  Object.entries(graph).map(([id, next]) => ({ id, service: 's', action: 'a', next }));

const problems = (given: readonly WorkflowStep[]) =>
  validateWorkflow({ id: 'w', steps: given }).map(({ code, step }) =>
    step === undefined ? code : `${code} ${step}`,
  );

describe('validateWorkflow', () => {
  it.each([
    { graph: { a: ['b', 'c'], b: ['d'], c: ['d'], d: [] }, found: [] },
    { graph: {}, found: ['NO_STEPS'] },
    { graph: { a: ['x'] }, found: ['UNKNOWN_NEXT a'] },
    { graph: { a: ['a'] }, found: ['NO_START', 'CYCLE a'] },
    { graph: { a: ['b'], b: ['a'] }, found: ['NO_START', 'CYCLE a'] },
    { graph: { a: ['b'], b: ['c'], c: ['b', 'd'], d: [] }, found: ['CYCLE b'] },
  ])('$graph: $found', ({ graph, found }) => {
    expect(problems(steps(graph as Record<string, string[]>))).toEqual(found);
  });

  it('names each duplicate, and steps with impossible options', () => {
    const [a, b] = steps({ a: [], b: [] });
    expect(problems([a!, b!, a!])).toEqual(['DUPLICATE_STEP a']);
    expect(
      problems([
        { ...a!, timeout: 0 },
        { ...b!, retry: { maxAttempts: 0 } },
      ]),
    ).toEqual(['INVALID_OPTION a', 'INVALID_OPTION b']);
  });
});

describe('render', () => {
  const variables = { n: 5, who: 'Ann', order: { id: 'o', items: [{ sku: 'tea' }] }, none: null };

  it.each([
    ['{{n}}', 5],
    ['{{ order.items }}', [{ sku: 'tea' }]],
    ['{{order.items.0.sku}}', 'tea'],
    ['{{none}}', null],
    ['Hi {{who}}, {{n}} times', 'Hi Ann, 5 times'],
    ['is {{order.items}}', 'is [{"sku":"tea"}]'],
    ['no template', 'no template'],
    [
      { deep: ['{{n}}', { who: '{{who}}' }], flag: true },
      { deep: [5, { who: 'Ann' }], flag: true },
    ],
  ])('%o is %o', (template, value) => {
    expect(render(template, variables)).toEqual(value);
  });

  it.each(['{{missing}}', 'x {{order.missing}}', '{{constructor}}', '{{who.length.x}}'])(
    'knows no variable for %s',
    (template) => {
      expect(() => render(template, variables)).toThrow(
        expect.objectContaining({ code: 'UNKNOWN_VARIABLE' }),
      );
    },
  );
});

describe('holds', () => {
  const variables = { n: 5, who: 'Ann' };

  it.each<[Condition, boolean]>([
    [{ var: 'n', op: 'eq', value: 5 }, true],
    [{ var: 'n', op: 'eq', value: '5' }, false],
    [{ var: 'n', op: 'ne', value: 5 }, false],
    [{ var: 'n', op: 'lt', value: 5 }, false],
    [{ var: 'n', op: 'le', value: 5 }, true],
    [{ var: 'n', op: 'gt', value: 4 }, true],
    [{ var: 'n', op: 'ge', value: 6 }, false],
    [{ var: 'who', op: 'lt', value: 'Bob' }, true],
    [{ var: 'who', op: 'in', value: ['Bob', 'Ann'] }, true],
    [{ var: 'who', op: 'in', value: [] }, false],
    [{ var: 'x', op: 'exists' }, false],
    [
      {
        and: [
          { var: 'x', op: 'exists' },
          { var: 'x', op: 'gt', value: 1 },
        ],
      },
      false,
    ],
    [
      {
        or: [
          { var: 'n', op: 'exists' },
          { var: 'x', op: 'gt', value: 1 },
        ],
      },
      true,
    ],
    [{ not: { var: 'n', op: 'eq', value: 4 } }, true],
    [{ and: [] }, true],
    [{ or: [] }, false],
  ])('%o: %s', (condition, expected) => {
    expect(holds(condition, variables)).toBe(expected);
  });

  it('does not decide about what it does not know or cannot compare', () => {
    expect(() => holds({ var: 'x', op: 'eq', value: 1 }, variables)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_VARIABLE' }),
    );
    expect(() => holds({ var: 'who', op: 'gt', value: 1 }, variables)).toThrow(
      expect.objectContaining({ code: 'INVALID_CONDITION' }),
    );
  });
});
