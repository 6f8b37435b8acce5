import type { TakenTransition } from '../../monitoring/entry.ts';
import { statesOf, type Chart, type ChartState, type ChartTransition, type ChartTrigger } from './chart.ts';

/** One transition of a chart, under the id that drawings, recordings and coverage know it by. */
export interface ChartEdge {
  /** `<state id>:<event>:<place among the state's transitions for it>`; see {@link edgesOf}. */
  readonly id: string;
  /** Id of the state that has the transition. */
  readonly source: string;
  /** Place among all transitions of the state, in the order in which XState tries them. */
  readonly index: number;
  readonly transition: ChartTransition;
}

/** What a person calls the event: the descriptor as it was written, `always`, `after.100`, `onDone.charge`. */
const nameOf = (trigger: ChartTrigger): string => {
  switch (trigger.kind) {
    case 'event':
      return trigger.type;
    case 'always':
      return 'always';
    case 'after':
      return `after.${trigger.delay}`;
    case 'state.done':
      return 'onDone';
    case 'actor.done':
      return `onDone.${trigger.actor}`;
    case 'actor.error':
      return `onError.${trigger.actor}`;
    case 'actor.snapshot':
      return `onSnapshot.${trigger.actor}`;
  }
};

const edgesOfState = (state: ChartState, claim: (id: string) => string): ChartEdge[] => {
  const seen = new Map<string, number>();
  return state.transitions.map((transition, index) => {
    const name = nameOf(transition.trigger);
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    return { id: claim(`${state.id}:${name}:${place}`), source: state.id, index, transition };
  });
};

/**
 * All transitions of a chart in document order, each with an id that is its own and stays the same while the state keeps its id and the
 * event its candidates: `order.paying:PAY:0`, `saga.retrying:after.backoff:0`, `saga.unwinding:always:1`. (Where colons in names make two
 * alike, the later gets `~2`.)
 */
export function edgesOf(chart: Chart): ChartEdge[] {
  const taken = new Set<string>();
  const claim = (wanted: string): string => {
    let id = wanted;
    for (let n = 2; taken.has(id); n += 1) id = `${wanted}~${n}`;
    taken.add(id);
    return id;
  };
  return statesOf(chart.root).flatMap((state) => edgesOfState(state, claim));
}

/** The ids of a chart's transitions: by state, in the order in which XState tries them (the form of a ChartCoverage). */
export function edgeIds(chart: Chart): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { source, id } of edgesOf(chart)) {
    const list = ids.get(source);
    if (list === undefined) ids.set(source, [id]);
    else list.push(id);
  }
  return ids;
}

/** From what was taken to edge ids; undefined for what the chart does not know. */
export function edgeFinder(chart: Chart): (taken: TakenTransition) => string | undefined {
  const byEvent = new Map<string, string[]>();
  const keyOf = (state: string, event: string): string => JSON.stringify([state, event]);
  for (const { id, source, transition } of edgesOf(chart)) {
    const key = keyOf(source, transition.event);
    const list = byEvent.get(key);
    if (list === undefined) byEvent.set(key, [id]);
    else list.push(id);
  }
  return ({ state, event, index }) => byEvent.get(keyOf(state, event))?.[index];
}
