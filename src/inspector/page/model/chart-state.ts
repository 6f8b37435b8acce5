import type { TakenTransition } from '../../../monitoring/entry.ts';
import type { Line, RecordedSnapshot } from '../../../monitoring/recording.ts';
import { childrenOf, statesOf, type Chart, type ChartState } from '../../draw/chart.ts';
import { edgeFinder, edgesOf } from '../../draw/edges.ts';
import type { ChartPicture, TimerRow } from '../../protocol.ts';
import { durationText, triggerText } from '../parts/words.ts';
import { eventText } from './line.ts';

/** Ids of the states a machine with this state value is in, the root among them; what the chart does not know is left out. */
export function activeStates(chart: Chart, value: unknown): readonly string[] {
  const ids = [chart.root.id];
  const enter = (state: ChartState, inner: unknown): void => {
    const children = childrenOf(state);
    const entries = typeof inner === 'string' ? [[inner, undefined] as const] : fieldsOf(inner);
    for (const [key, deeper] of entries) {
      const child = children.find((each) => each.key === key);
      if (child === undefined) continue;
      ids.push(child.id);
      enter(child, deeper);
    }
  };
  if (value === undefined || value === null) return [];
  enter(chart.root, value);
  return ids;
}

const fieldsOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];

/** Edge ids of the transitions that the actor itself took; those of its children are drawn on their charts. */
export function lastEdges(chart: Chart, taken: readonly TakenTransition[]): readonly string[] {
  const find = edgeFinder(chart);
  return taken
    .filter(({ path }) => path === undefined || path.length === 0)
    .flatMap((each) => find(each) ?? []);
}

/** What was taken, as it stands on the chart: `paying: DECLINED 2. [not mayRetry] → rejected`. */
export function takenText(
  { chart, texts }: Pick<ChartPicture, 'chart' | 'texts'>,
  taken: readonly TakenTransition[],
): readonly string[] {
  const states = new Map(statesOf(chart.root).map((state) => [state.id, state]));
  const ids = new Set(lastEdges(chart, taken));
  return edgesOf(chart)
    .filter(({ id }) => ids.has(id))
    .map(({ id, source, transition }) => {
      const state = states.get(source);
      const text = texts[id]?.[0] ?? triggerText(transition);
      const to = transition.targets.map((target) => states.get(target)?.key ?? target).join(', ');
      return `${state?.key ?? source}: ${text}${to === '' ? '' : ` → ${to}`}`;
    });
}

/** By edge id: the time that is left of each timer that stands on the chart. */
export function timerTexts(
  chart: Chart,
  timers: readonly TimerRow[],
  now: number,
): Readonly<Record<string, string>> {
  if (timers.length === 0) return {};
  const byEvent = new Map(timers.map((timer) => [timer.event, timer]));
  return Object.fromEntries(
    edgesOf(chart).flatMap(({ id, transition }) => {
      const timer = byEvent.get(transition.event);
      return timer === undefined ? [] : [[id, leftText(timer.due, now)]];
    }),
  );
}

/** Whose timer it is, where that is a child, and what comes of it: `heater: after 2 s`. */
export function timerName({ id, event }: TimerRow): string {
  const end = id.endsWith(`/${event}`) ? id.length - event.length - 1 : id.lastIndexOf('/');
  return end <= 0 || id === event ? eventText(event) : `${id.slice(0, end)}: ${eventText(event)}`;
}

/** `3.2 s`, `due`. */
export function leftText(due: number, now: number): string {
  const left = due - now;
  if (left <= 0) return 'due';
  return left < 60_000 ? `${(left / 1_000).toFixed(1)} s` : durationText(Math.ceil(left / 1_000) * 1_000);
}

export interface Visits {
  readonly states: Readonly<Record<string, number>>;
  readonly transitions: Readonly<Record<string, number>>;
  /** The highest number of each. */
  readonly mostStates: number;
  readonly mostTransitions: number;
}

/** How often actors of this chart came into which state and took which transition, as far as the page was told. */
export function visitsOf(
  chart: Chart,
  lines: readonly Line[],
  isOfChart: (address: string) => boolean,
): Visits {
  const states: Record<string, number> = {};
  const transitions: Record<string, number> = {};
  const find = edgeFinder(chart);
  const before = new Map<string, ReadonlySet<string>>();
  const count = (counts: Record<string, number>, id: string): void =>
    void (counts[id] = (counts[id] ?? 0) + 1);
  for (const line of lines) {
    for (const [address, snapshot] of Object.entries(line.snapshots)) {
      if (!isOfChart(address)) continue;
      const now = new Set(activeStates(chart, snapshot.value));
      for (const id of now) if (before.get(address)?.has(id) !== true) count(states, id);
      before.set(address, now);
      for (const each of line.taken ?? []) {
        const id = each.path === undefined ? find(each) : undefined;
        if (id !== undefined) count(transitions, id);
      }
    }
  }
  const most = (counts: Readonly<Record<string, number>>): number => Math.max(0, ...Object.values(counts));
  return { states, transitions, mostStates: most(states), mostTransitions: most(transitions) };
}

/** What to say of a snapshot beside its state. */
export const outcomeOf = ({
  status,
  output,
  error,
}: RecordedSnapshot): { name: string; value: unknown } | undefined =>
  status === 'error'
    ? { name: 'error', value: error }
    : output === undefined
      ? undefined
      : { name: 'output', value: output };
