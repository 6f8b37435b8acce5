import { statesOf, type Chart } from './chart.ts';
import { edgesOf } from './edges.ts';
import { rowsOf, transitionText } from './labels.ts';

/** What is said of the parts of a chart, by state id or edge id; see {@link textsOf}. */
export type ChartTexts = Readonly<Record<string, readonly string[]>>;

/** Of a state: what it does besides its transitions. Of a transition: what stands on its arrow, without its actions and with them. */
export function textsOf(chart: Chart): ChartTexts {
  const states = new Map(statesOf(chart.root).map((state) => [state.id, state]));
  const ofStates = [...states.values()].map((state) => {
    const own = { ...state, transitions: [] };
    return [state.id, rowsOf(own, { detail: true })] as const;
  });
  const ofEdges = edgesOf(chart).flatMap(({ id, source, transition }) => {
    const state = states.get(source);
    if (state === undefined) return [];
    return [[id, [false, true].map((detail) => transitionText(state, transition, { detail }))] as const];
  });
  return Object.fromEntries([...ofStates, ...ofEdges]);
}
