import type { CoverageEntry, PropertyEntry } from '../../../monitoring/entry.ts';
import type { About } from '../../protocol.ts';
import { statesOf } from '../../draw/chart.ts';
import { edgesOf } from '../../draw/edges.ts';
import type { Journal } from '../journal.ts';

export interface PropertyRow extends Omit<PropertyEntry, 'kind'> {
  /** The run that shows it is this recording. */
  readonly shown: boolean;
}

/** Properties that fail first, then those nobody knows of. */
export function propertiesOf(
  journal: Pick<Journal, 'properties'>,
  { property, replay }: Pick<About, 'property' | 'replay'>,
): PropertyRow[] {
  const rows = new Map<string, PropertyRow>();
  for (const entry of journal.properties) rows.set(entry.name, { ...entry, shown: entry.name === property });
  if (property !== undefined && !rows.has(property))
    rows.set(property, { name: property, type: '', verdict: 'fails', shown: true });
  const known = property === undefined ? undefined : rows.get(property);
  if (known !== undefined && known.replay === undefined && replay !== undefined)
    rows.set(known.name, { ...known, replay });
  const rank = { fails: 0, unknown: 1, holds: 2 } as const;
  return [...rows.values()].sort((a, b) => rank[a.verdict] - rank[b.verdict]);
}

/**
 * Why something may have happened although nothing of it is here; undefined: this is all there was. Only then it can be said that something was
 * not reached.
 */
export function gapOf(
  { dropped, forgotten }: Pick<Journal, 'dropped' | 'forgotten'>,
  { source, flaws }: Pick<About, 'source' | 'flaws'>,
): string | undefined {
  if (dropped.lines > 0) return 'lines were left out';
  if (dropped.sampling < 1) return 'only a share is told';
  if (forgotten > 0) return 'the oldest entries are gone';
  if (flaws.length > 0) return 'not everything could be read';
  return source === 'recording' ? undefined : 'it may have been before somebody looked';
}

/** A state or transition and how often the test was there. */
export interface Covered {
  /** State id, or edge id: `<state id>:<event descriptor>:<index>`. */
  readonly id: string;
  readonly label: string;
  /** Of a transition: the states it leads to. */
  readonly to?: string;
  /** Of a transition: the state it leaves. */
  readonly state: string;
  readonly count: number;
}

export interface Coverage {
  readonly machine: string;
  readonly chart: string;
  readonly states: readonly Covered[];
  readonly transitions: readonly Covered[];
}

/** What a chart has, and how much of it a test saw. Without the chart: only what it saw. */
export function coverageOf(journal: Pick<Journal, 'coverage' | 'charts'>): Coverage[] {
  const last = new Map<string, CoverageEntry>();
  for (const entry of journal.coverage) last.set(`${entry.machine} ${entry.chart}`, entry);
  return [...last.values()].map((entry) => {
    const chart = journal.charts.get(entry.chart);
    const { machine, states, transitions } = entry;
    if (chart === undefined) {
      const seen = (counts: Readonly<Record<string, number>>): Covered[] =>
        Object.entries(counts).map(([id, count]) => ({
          id,
          label: id,
          state: id.split(':')[0] ?? id,
          count,
        }));
      return { machine, chart: entry.chart, states: seen(states), transitions: seen(transitions) };
    }
    const all = statesOf(chart.root);
    const stateOf = new Map(all.map((state) => [state.id, state]));
    return {
      machine,
      chart: entry.chart,
      states: all
        .filter(({ type }) => type !== 'history')
        .map(({ id }) => ({ id, label: id, state: id, count: states[id] ?? 0 })),
      transitions: edgesOf(chart).map(({ id, source, transition }) => {
        const to = transition.targets.map((target) => stateOf.get(target)?.key ?? target).join(', ');
        return {
          id,
          label: transition.event,
          ...(to === '' ? {} : { to }),
          state: source,
          count: transitions[id] ?? 0,
        };
      }),
    };
  });
}

export const share = (covered: readonly Covered[]): readonly [seen: number, all: number] => [
  covered.filter(({ count }) => count > 0).length,
  covered.length,
];
