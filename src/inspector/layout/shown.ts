import { drawingLimits } from '../../limits.ts';
import { childrenOf, statesOf, type Chart, type ChartState } from '../draw/chart.ts';

/** What of a chart is drawn: a state that is not is told of by the one it is in. */
export interface Shown {
  /** From the id of every state to that of the state drawn for it. */
  readonly by: ReadonlyMap<string, string>;
  /** The children that are drawn. */
  readonly childrenOf: (state: ChartState) => readonly ChartState[];
  /** States that are not drawn, count. */
  readonly omitted: number;
}

/** Breadth first, so that a bound takes the deepest states first. */
const kept = (root: ChartState, collapsed: ReadonlySet<string>): Set<string> => {
  const ids = new Set([root.id]);
  let level = [root];
  while (level.length > 0) {
    const next = level.filter(({ id }) => !collapsed.has(id)).flatMap(childrenOf);
    for (const { id } of next) if (ids.size < drawingLimits.states) ids.add(id);
    level = next.filter(({ id }) => ids.has(id));
  }
  return ids;
};

/** What is drawn when the content of some states is not to be seen, and of too many states. */
export function shownOf(chart: Chart, collapsed: readonly string[] = []): Shown {
  const ids = kept(chart.root, new Set(collapsed));
  const by = new Map<string, string>();
  const visit = (state: ChartState, above: string): void => {
    const shown = ids.has(state.id) ? state.id : above;
    by.set(state.id, shown);
    for (const child of childrenOf(state)) visit(child, shown);
  };
  visit(chart.root, chart.root.id);
  return {
    by,
    childrenOf: (state) => childrenOf(state).filter(({ id }) => ids.has(id)),
    omitted: statesOf(chart.root).length - ids.size,
  };
}
