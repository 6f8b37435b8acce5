import { getAdjacencyMap, getShortestPaths, getSimplePaths } from '@xstate/graph';
import type { AnyStateMachine, EventObject } from 'xstate';
import { alphabet, type Cases } from './alphabet.ts';
import { asLogic, type State } from './state.ts';

export interface Path {
  readonly events: readonly EventObject[];
  /** The state before the first event and after each one. */
  readonly states: readonly State[];
}

export interface Explored {
  readonly states: readonly State[];
  /** Pairs of a state and an event. */
  readonly edges: number;
  /** One path over every edge, by the shortest way; none is the beginning of another. */
  readonly paths: readonly Path[];
}

/** All that tells two states apart. The library's own key leaves out children, status and output. */
export const key = ({ status, value, context, children, output, error }: State): string =>
  JSON.stringify([status, value, context, Object.keys(children).sort(), output, String(error)]);

/** Bounds a chart whose context grows without end; the explorations here stay far below it. */
const limit = 200_000;

type Edges = readonly {
  readonly state: State;
  readonly transitions: Readonly<Record<string, { readonly state: State; readonly event: EventObject }>>;
}[];

const options = (input: unknown, cases: Cases) => ({
  input,
  events: alphabet(cases),
  serializeState: key,
  limit,
});

type Steps = readonly { readonly state: State; readonly event: EventObject }[];

const toPath = (steps: Steps): Path => ({
  events: steps.slice(1).map(({ event }) => event),
  states: steps.map(({ state }) => state),
});

/** Every state the chart can reach with these events, and a path over every edge between them. */
export const explore = (machine: AnyStateMachine, input: unknown, cases: Cases): Explored => {
  const adjacency: Edges = Object.values(getAdjacencyMap(asLogic(machine), options(input, cases)));
  const shortest = new Map(
    getShortestPaths(asLogic(machine), options(input, cases)).map((path) => [
      key(path.state),
      toPath(path.steps),
    ]),
  );
  const leavable = new Set(
    adjacency.filter(({ transitions }) => Object.keys(transitions).length > 0).map(({ state }) => key(state)),
  );
  const edges = adjacency.flatMap(({ state, transitions }) =>
    Object.values(transitions).map(({ event, state: next }): Path => {
      const way = shortest.get(key(state));
      if (way === undefined) throw new Error(`No path leads to ${key(state)}.`);
      return { events: [...way.events, event], states: [...way.states, next] };
    }),
  );
  const isBeginning = ({ events, states }: Path): boolean => {
    const end = key(states[states.length - 1]!);
    return leavable.has(end) && JSON.stringify(shortest.get(end)?.events) === JSON.stringify(events);
  };
  return {
    states: adjacency.map(({ state }) => state),
    edges: edges.length,
    paths: edges.filter((path) => !isBeginning(path)),
  };
};

/** Every path that visits no state twice. Their number explodes: for the smallest inputs only. */
export const simplePaths = (machine: AnyStateMachine, input: unknown, cases: Cases): Path[] =>
  getSimplePaths(asLogic(machine), options(input, cases)).map(({ steps }) => toPath(steps));
