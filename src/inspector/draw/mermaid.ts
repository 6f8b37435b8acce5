import type { AnyStateMachine } from 'xstate';
import { childrenOf, statesOf, type Chart, type ChartInitial, type ChartState } from './chart.ts';
import { actionText, rowsOf, transitionText, type Detail } from './labels.ts';
import { mermaidIds } from './mermaid-ids.ts';
import { escapeText } from './mermaid-text.ts';
import type { ChartCoverage } from '../../testing/cover/drawn.ts';
import { toChart } from './to-chart.ts';

export interface MermaidOptions {
  /** Entry, exit, invoke and output lines, and the actions of transitions. Default true. */
  readonly detail?: boolean;
  /**
   * What tests covered (`chartCoverage(paths)` of troupe/testing): behind every transition how often it was taken; states that were never
   * visited are dashed.
   */
  readonly coverage?: ChartCoverage;
}

interface Edge {
  readonly line: string;
  /** The chart id of the state in whose block the arrow is written; none: after all states. */
  readonly home: string | undefined;
}

interface Drawing extends Detail {
  readonly ids: ReadonlyMap<string, string>;
  readonly edges: readonly Edge[];
}

const indent = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const arrow = (from: string, to: string, label: string): string =>
  `${from} --> ${to}${label === '' ? '' : ` : ${escapeText(label)}`}`;

/** The arrows that leave a state: its transitions, and the default of a history state. */
const arrowsOf = (state: ChartState, options: Detail): [target: string, label: string][] => [
  ...state.transitions.flatMap((transition) =>
    transition.targets.map((target): [string, string] => [
      target,
      transitionText(state, transition, options),
    ]),
  ),
  ...(state.type === 'history' ? state.targets.map((target): [string, string] => [target, 'default']) : []),
];

/**
 * Mermaid moves a state into the block that mentions it, so an arrow may stand in a block only when both its ends
 * are children of it, and in the same region.
 */
const edgesOf = (chart: Chart, ids: ReadonlyMap<string, string>, options: Detail): Edge[] => {
  const parents = new Map(
    statesOf(chart.root).flatMap((parent) => childrenOf(parent).map((child) => [child.id, parent] as const)),
  );
  return statesOf(chart.root).flatMap((state) =>
    arrowsOf(state, options).map(([target, label]): Edge => {
      const parent = parents.get(state.id);
      const local = parent?.type === 'compound' && parents.get(target) === parent;
      return {
        line: arrow(ids.get(state.id) ?? state.id, ids.get(target) ?? target, label),
        home: local ? parent.id : undefined,
      };
    }),
  );
};

const idIn = (drawing: Drawing, id: string): string => drawing.ids.get(id) ?? id;

const title = (state: ChartState): string =>
  state.type === 'history' ? (state.history === 'deep' ? 'H*' : 'H') : state.key || '(empty)';

const initialLine = (initial: ChartInitial, drawing: Drawing): string => {
  const actions = drawing.detail ? initial.actions.map(actionText).join(', ') : '';
  return arrow('[*]', idIn(drawing, initial.target), actions === '' ? '' : `/ ${actions}`);
};

const drawChild = (state: ChartState, drawing: Drawing): string[] => [
  ...drawState(state, drawing),
  ...(state.type === 'final' ? [`${idIn(drawing, state.id)} --> [*]`] : []),
];

const compoundBody = (state: ChartState & { type: 'compound' }, drawing: Drawing): string[] => [
  initialLine(state.initial, drawing),
  ...state.states.flatMap((child) => drawChild(child, drawing)),
  ...drawing.edges.filter((edge) => edge.home === state.id).map((edge) => edge.line),
];

/** Regions between `--`. A history state is no region: it stands with the last one. */
const parallelBody = (state: ChartState & { type: 'parallel' }, drawing: Drawing): string[] => {
  const regions = state.states.filter((child) => child.type !== 'history');
  const history = state.states.filter((child) => child.type === 'history');
  return [
    ...regions.flatMap((region, index) => [...(index > 0 ? ['--'] : []), ...drawChild(region, drawing)]),
    ...history.flatMap((child) => drawChild(child, drawing)),
  ];
};

/** Mermaid refuses description lines on a composite state, so there they are a note. */
const drawComposite = (state: ChartState, body: readonly string[], drawing: Drawing): string[] => {
  const id = idIn(drawing, state.id);
  const rows = rowsOf(state, drawing).map(escapeText);
  return [
    `state "${escapeText(title(state))}" as ${id} {`,
    ...indent(body),
    '}',
    ...(rows.length > 0 ? [`note right of ${id}`, ...indent(rows), 'end note'] : []),
  ];
};

const drawLeaf = (state: ChartState, drawing: Drawing): string[] => {
  const id = idIn(drawing, state.id);
  return [
    `state "${escapeText(title(state))}" as ${id}`,
    ...rowsOf(state, drawing).map((row) => `${id} : ${escapeText(row)}`),
  ];
};

function drawState(state: ChartState, drawing: Drawing): string[] {
  if (state.type === 'compound') return drawComposite(state, compoundBody(state, drawing), drawing);
  // Mermaid cannot draw a composite without content.
  if (state.type === 'parallel' && state.states.length > 0) {
    return drawComposite(state, parallelBody(state, drawing), drawing);
  }
  return drawLeaf(state, drawing);
}

/** Mermaid takes classes on states without content only. */
const unvisited = (chart: Chart, { coverage, ids }: Drawing): string[] => {
  const missed = statesOf(chart.root).filter(
    (state) => childrenOf(state).length === 0 && coverage?.states[state.id] === 0,
  );
  if (missed.length === 0) return [];
  const names = missed.map(({ id }) => ids.get(id) ?? id).join(',');
  return ['classDef unvisited stroke-dasharray:5 5,color:#a00', `class ${names} unvisited`];
};

const isChart = (source: AnyStateMachine | Chart): source is Chart => !('transition' in source);

/**
 * A machine or chart as Mermaid `stateDiagram-v2` text that ends with a newline. The machine is the outermost
 * box. Transitions without a target are lines in the state's box, or a note beside a composite state.
 * Syntax: https://mermaid.js.org/syntax/stateDiagram.html
 *
 * @throws TroupeError `INVALID_MACHINE`, see {@link toChart}.
 */
export function toMermaid(source: AnyStateMachine | Chart, options: MermaidOptions = {}): string {
  const chart = isChart(source) ? source : toChart(source);
  const detail = options.detail ?? true;
  const ids = mermaidIds(chart);
  const { coverage } = options;
  const drawing: Drawing = { detail, coverage, ids, edges: edgesOf(chart, ids, { detail, coverage }) };
  const lines = [
    'stateDiagram-v2',
    ...indent(drawState(chart.root, drawing)),
    ...indent(drawing.edges.filter((edge) => edge.home === undefined).map((edge) => edge.line)),
    ...indent(unvisited(chart, drawing)),
  ];
  return `${lines.join('\n')}\n`;
}
