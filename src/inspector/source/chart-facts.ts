import { createHash } from 'node:crypto';
import { isChart as hasForm } from '../../monitoring/chart-form.ts';
import { childrenOf, statesOf, type Chart, type ChartState } from '../draw/chart.ts';
import type { EventRow } from '../protocol.ts';

/** What can be said of an actor from its chart and its state value, without its program. */

/** Of the chart's JSON, as in a ChartEntry. */
export const hashOf = (chart: Chart): string =>
  createHash('sha256').update(JSON.stringify(chart)).digest('hex').slice(0, 16);

/** The states that a value says are active, the root first. */
export function activeStates(chart: Chart, value: unknown): ChartState[] {
  const active: ChartState[] = [];
  const visit = (state: ChartState, inner: unknown): void => {
    active.push(state);
    for (const child of childrenOf(state)) {
      if (inner === child.key) visit(child, undefined);
      else if (typeof inner === 'object' && inner !== null && Object.hasOwn(inner, child.key))
        visit(child, (inner as Record<string, unknown>)[child.key]);
    }
  };
  visit(chart.root, value);
  return active;
}

/** The events of a chart, and which of them an active state has a transition for; its guards cannot be asked. */
export function eventsOf(chart: Chart, value: unknown): EventRow[] {
  const typesOf = (states: readonly ChartState[]): string[] =>
    states.flatMap(({ transitions }) =>
      transitions.flatMap(({ trigger }) => (trigger.kind === 'event' ? [trigger.type] : [])),
    );
  const now = new Set(typesOf(activeStates(chart, value)));
  return [...new Set(typesOf(statesOf(chart.root)))].map((type) => ({ type, enabled: now.has(type) }));
}

export const tagsOf = (chart: Chart, value: unknown): string[] => [
  ...new Set(activeStates(chart, value).flatMap(({ tags }) => tags)),
];

/** The state value a machine begins with, before anything that happens at once (`always`). */
export function initialValue(chart: Chart): unknown {
  const valueOf = (state: ChartState): unknown => {
    if (state.type === 'parallel')
      return Object.fromEntries(
        state.states
          .filter(({ type }) => type !== 'history')
          .map((child) => [child.key, valueOf(child) ?? {}]),
      );
    if (state.type !== 'compound') return undefined;
    const target = state.states.find(
      (child) =>
        child.id === state.initial.target || statesOf(child).some(({ id }) => id === state.initial.target),
    );
    if (target === undefined) return undefined;
    const inner = valueOf(target);
    return inner === undefined ? target.key : { [target.key]: inner };
  };
  return valueOf(chart.root);
}

/** Is this a chart of this version? */
export const isChart = (value: unknown): value is Chart => hasForm(value);
