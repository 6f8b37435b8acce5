import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toChart, toMermaid } from '../../src/inspector/index.ts';
import { childrenOf, statesOf, type Chart } from '../../src/inspector/draw/chart.ts';
import { build, flatten, plans, type Plan } from './fixtures/random-machine.ts';
import { expectSameDiagram } from './fixtures/same-diagram.ts';

/** A failure prints its seed and path; `FC_SEED=… FC_PATH=…` runs that case again. */
const replay = {
  ...(process.env['FC_SEED'] === undefined ? {} : { seed: Number(process.env['FC_SEED']) }),
  ...(process.env['FC_PATH'] === undefined ? {} : { path: process.env['FC_PATH'] }),
};

const types = { shallow: 'history', deep: 'history' } as const;

const planOf = (root: Plan, id: string): Plan => flatten(root)[Number(id.slice(1))]!;

/** One line per transition of the plan, so that chart and plan compare as multisets. */
const planned = (root: Plan): string[] => {
  const all = flatten(root);
  return all.flatMap((plan, index) =>
    plan.moves.map(({ to, guard, actions, reenter }) =>
      JSON.stringify([
        `n${index}`,
        to === undefined ? [] : [`n${to % all.length}`],
        guard !== 'none',
        actions,
        reenter,
      ]),
    ),
  );
};

const drawn = (chart: Chart): string[] =>
  statesOf(chart.root).flatMap((state) =>
    state.transitions.map((transition) =>
      JSON.stringify([
        state.id,
        transition.targets,
        transition.guard !== undefined,
        transition.actions.map((action) => action.kind === 'named' && action.name),
        transition.reenter,
      ]),
    ),
  );

describe('drawing a random machine', () => {
  it('keeps every state and transition of the config in the chart', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const chart = toChart(build(plan));
        expect(drawn(chart).sort()).toEqual(planned(plan).sort());
        expect(statesOf(chart.root)).toHaveLength(flatten(plan).length);
        for (const state of statesOf(chart.root)) {
          const { type, entry, children } = planOf(plan, state.id);
          expect(state.type).toBe(type in types ? 'history' : type);
          expect(state.entry.map((action) => action.kind === 'named' && action.name)).toEqual(entry);
          expect(
            childrenOf(state)
              .map((child) => child.key)
              .sort(),
          ).toEqual(children.map(({ key }) => key).sort());
        }
      }),
      { numRuns: 200, ...replay },
    );
  });

  it('gives Mermaid text that reads back as the same chart, with and without detail', () => {
    fc.assert(
      fc.property(plans, fc.boolean(), (plan, detail) => {
        const chart = toChart(build(plan));
        expectSameDiagram(toMermaid(chart, { detail }), chart, { detail });
      }),
      { numRuns: 200, ...replay },
    );
  });

  it('gives a chart that is plain JSON and draws the same after a round trip', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const machine = build(plan);
        const copy = JSON.parse(JSON.stringify(toChart(machine))) as Chart;
        expect(copy).toEqual(toChart(machine));
        expect(toMermaid(copy)).toBe(toMermaid(machine));
      }),
      { numRuns: 100, ...replay },
    );
  });
});
