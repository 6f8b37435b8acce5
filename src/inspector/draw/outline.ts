import { childrenOf, statesOf, type Chart, type ChartState } from './chart.ts';
import { edgesOf, type ChartEdge } from './edges.ts';
import { activityPhrases, fullText, titleOf, transitionPhrase } from '../layout/phrase.ts';
import { shorten } from '../layout/text.ts';
import { drawingLimits } from '../../limits.ts';

/** One transition of a state. */
export interface OutlineRow {
  readonly edge: string;
  /** XState's event descriptor. */
  readonly event: string;
  /** Without its targets. */
  readonly text: string;
  /** Ids of states. */
  readonly targets: readonly string[];
  /** The same, as a reader knows them. */
  readonly targetNames: readonly string[];
}

/** A chart as a list in lists: what a drawing says, for a screen reader, a terminal, and where nothing can be drawn. */
export interface OutlineItem {
  readonly id: string;
  readonly name: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history' | 'deep history';
  /** Where the state around it starts. */
  readonly initial: boolean;
  /** Tags, description, entry, invokes, exit, output; one each. */
  readonly activities: readonly string[];
  readonly rows: readonly OutlineRow[];
  readonly children: readonly OutlineItem[];
}

const kindOf = (state: ChartState): OutlineItem['kind'] => {
  if (state.type !== 'history') return state.type;
  return state.history === 'deep' ? 'deep history' : 'history';
};

/** `#id` of a state, or its key where no other has that. */
const namesOf = (chart: Chart): ((id: string) => string) => {
  const states = statesOf(chart.root);
  const counts = new Map<string, number>();
  for (const { key } of states) counts.set(key, (counts.get(key) ?? 0) + 1);
  const names = new Map(
    states.map((state) => [state.id, counts.get(state.key) === 1 ? titleOf(state) : state.id]),
  );
  return (id) => shorten(names.get(id) ?? id, drawingLimits.full);
};

const activities = (state: ChartState): string[] => [
  ...(state.tags.length > 0 ? [`tags ${state.tags.join(', ')}`] : []),
  ...activityPhrases({ ...state, tags: [] }).map(fullText),
];

/** The outline of a chart. */
export function outlineOf(chart: Chart): OutlineItem {
  const nameOf = namesOf(chart);
  const edges = new Map<string, ChartEdge[]>();
  for (const edge of edgesOf(chart)) edges.set(edge.source, [...(edges.get(edge.source) ?? []), edge]);
  const rowOf = (state: ChartState, { id, transition }: ChartEdge): OutlineRow => ({
    edge: id,
    event: transition.event,
    text: fullText(transitionPhrase(id, state, transition)),
    targets: transition.targets,
    targetNames: transition.targets.map(nameOf),
  });
  const itemOf = (state: ChartState, initial: boolean): OutlineItem => ({
    id: state.id,
    name: shorten(titleOf(state), drawingLimits.full),
    kind: kindOf(state),
    initial,
    activities: activities(state),
    rows: (edges.get(state.id) ?? []).map((edge) => rowOf(state, edge)),
    children: childrenOf(state).map((child) =>
      itemOf(child, state.type === 'compound' && state.initial.target === child.id),
    ),
  });
  return itemOf(chart.root, false);
}

const marks = { compound: '', atomic: '', parallel: ' (parallel)', final: ' (final)' } as const;

const headline = ({ name, kind, initial }: OutlineItem): string =>
  `${initial ? '→ ' : ''}${name}${kind in marks ? marks[kind as keyof typeof marks] : ` (${kind})`}`;

const linesOf = (item: OutlineItem, indent: string): string[] => [
  `${indent}${headline(item)}`,
  ...item.activities.map((text) => `${indent}    ${text}`),
  ...item.rows.map(
    ({ text, targetNames }) =>
      `${indent}    ${text}${targetNames.length === 0 ? '' : ` → ${targetNames.join(', ')}`}`,
  ),
  ...item.children.flatMap((child) => linesOf(child, `${indent}  `)),
];

/** The outline as text for a terminal. */
export const outlineText = (item: OutlineItem): string => `${linesOf(item, '').join('\n')}\n`;
