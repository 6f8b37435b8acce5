import { counted } from '../counted.ts';
import { childrenOf, statesOf, type Chart, type ChartState } from '../inspector/draw/chart.ts';
import { edgeFinder, edgesOf } from '../inspector/draw/edges.ts';
import { isMachine } from '../inspector/draw/machine.ts';
import { toChart } from '../inspector/draw/to-chart.ts';
import { hashOf } from '../inspector/source/chart-facts.ts';
import type { CoverageEntry, Entry, PropertyEntry } from '../monitoring/entry.ts';
import { encodeLine, type RecordingHeader } from '../monitoring/recording.ts';
import type { ChartTransition } from '../testing/explore/transitions.ts';
import type { PropertyKind, System } from '../testing/model/spec.ts';
import type { Trace } from '../testing/model/trace.ts';
import { toRecording } from '../testing/report/recording.ts';
import type { Paths } from '../testing/paths/paths.ts';

/** What a test found out of a property. */
export interface Verdict {
  readonly name: string;
  readonly kind: PropertyKind;
  readonly holds: boolean | null;
}

export interface TestFindings {
  readonly source: 'check' | 'simulate';
  readonly system: System;
  readonly verdicts: readonly Verdict[];
  /** In words: "27,000 states". */
  readonly searched: string;
  readonly untaken: readonly ChartTransition[];
  /** The run to show: of the first property that fails. */
  readonly failure?: { readonly property: string; readonly trace: Trace };
  /** The command that finds the same again. */
  readonly replay?: string;
}

/** All that a test found, as a recording that the inspector opens: charts, properties, coverage, and the failing run if there is one. */
export function testRecording(found: TestFindings): string {
  const { source, system, failure, replay } = found;
  const origin = {
    source,
    ...replayed(replay),
    ...(failure === undefined ? {} : { property: failure.property }),
  };
  const run =
    failure === undefined
      ? encodeLine({ kind: 'recording', v: 1, system: system.name, ...origin })
      : toRecording(failure.trace, origin);
  const end = run.indexOf('\n') + 1;
  const entries = [...castOf(system), ...propertiesOf(found), ...coverageOf(found)];
  return [run.slice(0, end), ...entries.map(encodeLine), run.slice(end)].join('');
}

const replayed = (replay: string | undefined): { readonly replay?: string } =>
  replay === undefined ? {} : { replay };

const chartOf = (logic: unknown): Chart | undefined => {
  try {
    return isMachine(logic) ? toChart(logic) : undefined;
  } catch {
    return undefined;
  }
};

/** The charts of a system's actors, each once, and who has which. */
function castOf({ actors }: System): Entry[] {
  const charts = new Map<string, Chart>();
  const entries = Object.entries(actors).flatMap(([address, { logic }]): Entry[] => {
    const chart = chartOf(logic);
    if (chart === undefined) return [];
    const hash = hashOf(chart);
    charts.set(hash, chart);
    return [{ kind: 'actor', address, node: '', machine: chart.id, chart: hash, time: 0 }];
  });
  return [...[...charts].map(([hash, chart]): Entry => ({ kind: 'chart', hash, chart })), ...entries];
}

const propertiesOf = ({ verdicts, searched, replay }: TestFindings): PropertyEntry[] =>
  verdicts.map(({ name, kind, holds }) => ({
    kind: 'property',
    name,
    type: kind,
    verdict: holds === null ? 'unknown' : holds ? 'holds' : 'fails',
    searched,
    ...replayed(replay),
  }));

/** A search does not count how often: what it saw is 1, what it never saw 0. */
function coverageOf({ system, untaken }: TestFindings): CoverageEntry[] {
  const charts = new Map<string, Chart>();
  for (const { logic } of Object.values(system.actors)) {
    const chart = chartOf(logic);
    if (chart !== undefined) charts.set(hashOf(chart), chart);
  }
  return [...charts].map(([hash, chart]) => {
    const find = edgeFinder(chart);
    const missed = new Set(
      untaken
        .filter((transition) => transition.chart === chart.id)
        .map(({ source, event, index }) => find({ state: source, event, index })),
    );
    const edges = edgesOf(chart);
    const transitions = Object.fromEntries(edges.map(({ id }) => [id, missed.has(id) ? 0 : 1]));
    const reached = reachedOf(
      chart,
      edges.filter(({ id }) => !missed.has(id)).flatMap(({ transition }) => transition.targets),
    );
    const states = Object.fromEntries(placesOf(chart).map(({ id }) => [id, reached.has(id) ? 1 : 0]));
    return { kind: 'coverage', machine: chart.id, chart: hash, states, transitions };
  });
}

const placesOf = (chart: Chart): ChartState[] =>
  statesOf(chart.root).filter(({ type }) => type !== 'history');

/** The states that taken transitions lead to: with them those around, and those they begin in. */
function reachedOf(chart: Chart, targets: readonly string[]): ReadonlySet<string> {
  const parents = new Map(
    statesOf(chart.root).flatMap((state) => childrenOf(state).map((child) => [child.id, state] as const)),
  );
  const byId = new Map(statesOf(chart.root).map((state) => [state.id, state]));
  const reached = new Set<string>();
  const enter = (state: ChartState | undefined): void => {
    if (state === undefined || reached.has(state.id)) return;
    reached.add(state.id);
    if (state.type === 'compound') enter(byId.get(state.initial.target));
    if (state.type === 'parallel') for (const child of state.states) enter(child);
    if (state.type === 'history') for (const id of state.targets) enter(byId.get(id));
    const parent = parents.get(state.id);
    if (parent !== undefined) reached.add(parent.id);
    for (let at = parent; at !== undefined; at = parents.get(at.id)) {
      reached.add(at.id);
      if (at.type === 'parallel') for (const child of at.states) enter(child);
    }
  };
  for (const id of [chart.root.id, ...targets]) enter(byId.get(id));
  return reached;
}

/** What paths cover of their machine, counted; a path that the machine fails on is a property that fails. */
export function pathsRecording(paths: Paths, replay: string): string {
  const { machine } = paths.graph;
  const chart = chartOf(machine);
  const header: RecordingHeader = {
    kind: 'recording',
    v: 1,
    source: 'paths',
    system: (machine as { id?: string }).id ?? '',
    replay,
  };
  const failures = paths.failures().length;
  const property: PropertyEntry = {
    kind: 'property',
    name: 'no path fails',
    type: 'always',
    verdict: failures > 0 ? 'fails' : 'holds',
    searched: `${counted(paths.length, 'path')}, ${counted(paths.steps, 'step')}`,
    replay,
  };
  const drawn = chart === undefined ? [] : pathsCoverage(paths, chart);
  return [header, ...drawn, property].map(encodeLine).join('');
}

function pathsCoverage(paths: Paths, chart: Chart): Entry[] {
  const hash = hashOf(chart);
  const { states, transitions } = paths.coverage();
  const edges = edgesOf(chart);
  // Both are in document order; what machines it invokes have comes after.
  const counts = edges.map(({ id, source }, at): [string, number] => {
    const item = transitions.items[at];
    return [id, item?.name.startsWith(`${source} `) === true ? item.count : 0];
  });
  const known = new Set(placesOf(chart).map(({ id }) => id));
  return [
    { kind: 'chart', hash, chart },
    { kind: 'actor', address: chart.id, node: '', machine: chart.id, chart: hash, time: 0 },
    {
      kind: 'coverage',
      machine: chart.id,
      chart: hash,
      states: Object.fromEntries(
        states.items.filter(({ name }) => known.has(name)).map(({ name, count }) => [name, count]),
      ),
      transitions: Object.fromEntries(counts),
    },
  ];
}
