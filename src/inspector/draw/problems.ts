import type { AnyStateMachine } from 'xstate';
import { statesOf, type Chart, type ChartAction, type ChartGuard, type ChartState } from './chart.ts';
import { edgesOf, type ChartEdge } from './edges.ts';
import { Reach, shadowed } from './reach.ts';
import { toChart } from './to-chart.ts';

/** Something in a chart that is most likely a mistake. */
export interface Problem {
  readonly kind:
    | 'unreachable-state'
    | 'dead-transition'
    | 'dead-end'
    | 'unheard-event'
    | 'missing-implementation'
    | 'unhandled-error';
  /** A state id or an edge id. */
  readonly at: string;
  readonly text: string;
}

/** The names for which a machine has an implementation. */
export interface Implemented {
  readonly actions: ReadonlySet<string>;
  readonly guards: ReadonlySet<string>;
  readonly actors: ReadonlySet<string>;
  readonly delays: ReadonlySet<string>;
}

const namesIn = (implementations: unknown): Implemented => {
  const all = implementations as Readonly<Record<string, object | undefined>>;
  const names = (kind: string): Set<string> => new Set(Object.keys(all[kind] ?? {}));
  return {
    actions: names('actions'),
    guards: names('guards'),
    actors: names('actors'),
    delays: names('delays'),
  };
};

const quote = (text: string): string => JSON.stringify(text);

class Search {
  readonly #chart: Chart;
  readonly #implemented: Implemented | undefined;
  readonly #reach: Reach;
  readonly #edges: ReadonlyMap<string, readonly ChartEdge[]>;

  constructor(chart: Chart, implemented: Implemented | undefined) {
    this.#chart = chart;
    this.#implemented = implemented;
    this.#reach = new Reach(chart);
    const edges = new Map<string, ChartEdge[]>();
    for (const edge of edgesOf(chart)) edges.set(edge.source, [...(edges.get(edge.source) ?? []), edge]);
    this.#edges = edges;
  }

  problems(): Problem[] {
    const heard = new Set(
      statesOf(this.#chart.root).flatMap(({ transitions }) => transitions.map(({ event }) => event)),
    );
    return statesOf(this.#chart.root).flatMap((state) => [
      ...this.#unreachable(state),
      ...this.#deadEnd(state),
      ...this.#unhandledErrors(state),
      ...this.#dead(state),
      ...this.#unheard(state, heard),
      ...this.#missing(state),
    ]);
  }

  #lineage(state: ChartState): ChartState[] {
    const parent = this.#reach.parent(state.id);
    return parent === undefined ? [state] : [state, ...this.#lineage(parent)];
  }

  /** Of what is not reached, only the outermost is named; the rest follows from it. */
  #unreachable(state: ChartState): Problem[] {
    const { entered } = this.#reach;
    const parent = this.#reach.parent(state.id);
    if (entered.has(state.id) || (parent !== undefined && !entered.has(parent.id))) return [];
    const what = state.type === 'history' ? 'history state' : 'state';
    return [
      {
        kind: 'unreachable-state',
        at: state.id,
        text: `no transition leads to the ${what} ${quote(state.key)}`,
      },
    ];
  }

  #deadEnd(state: ChartState): Problem[] {
    if (state.type !== 'atomic' || !this.#reach.entered.has(state.id)) return [];
    if (this.#lineage(state).some(({ transitions, invoke }) => transitions.length > 0 || invoke.length > 0))
      return [];
    // Beside a region that goes on, one that only waits is at rest.
    if (this.#lineage(state).some(({ type }) => type === 'parallel')) return [];
    if (state.id === this.#chart.root.id) return [];
    const text = `the state ${quote(state.key)} is not final, and nothing can happen in it`;
    return [{ kind: 'dead-end', at: state.id, text }];
  }

  #unhandledErrors(state: ChartState): Problem[] {
    const handled = new Set(
      this.#lineage(state).flatMap(({ transitions }) => transitions.map(({ event }) => event)),
    );
    return state.invoke
      .filter(
        ({ id }) => !['*', 'xstate.error.*', `xstate.error.actor.${id}`].some((event) => handled.has(event)),
      )
      .map(({ src }) => ({
        kind: 'unhandled-error' as const,
        at: state.id,
        text: `an error of the invoked actor ${quote(src)} is not handled: the machine fails with it (onError)`,
      }));
  }

  #dead(state: ChartState): Problem[] {
    const edges = this.#edges.get(state.id) ?? [];
    const dead = shadowed(state);
    const leaves = state.transitions.find(
      ({ trigger, guard, targets }) => trigger.kind === 'always' && guard === undefined && targets.length > 0,
    );
    return edges.flatMap(({ id, transition }): Problem[] => {
      if (dead.has(transition)) {
        const text = 'can never be taken: a transition for the same event stands before it and has no guard';
        return [{ kind: 'dead-transition', at: id, text }];
      }
      if (
        transition.trigger.kind === 'state.done' &&
        this.#reach.entered.has(state.id) &&
        !this.#reach.canBeDone(state)
      ) {
        return [
          {
            kind: 'dead-transition',
            at: id,
            text: 'can never be taken: no final state within is ever entered',
          },
        ];
      }
      if (leaves === undefined || transition.trigger.kind === 'always') return [];
      const text = 'can never be taken: the state is left at once, by an always without a guard';
      return [{ kind: 'dead-transition', at: id, text }];
    });
  }

  #actions(state: ChartState): { readonly at: string; readonly action: ChartAction }[] {
    const initial = state.type === 'compound' ? state.initial.actions : [];
    return [
      ...[...state.entry, ...state.exit, ...initial].map((action) => ({ at: state.id, action })),
      ...(this.#edges.get(state.id) ?? []).flatMap(({ id, transition }) =>
        transition.actions.map((action) => ({ at: id, action })),
      ),
    ];
  }

  #unheard(state: ChartState, heard: ReadonlySet<string>): Problem[] {
    const isHeard = (type: string): boolean =>
      [...heard].some(
        (event) =>
          event === type || event === '*' || (event.endsWith('.*') && type.startsWith(event.slice(0, -1))),
      );
    return this.#actions(state).flatMap(({ at, action }): Problem[] => {
      if (action.kind !== 'builtin' || action.name !== 'raise') return [];
      const [type] = action.args;
      if (type === undefined || type.startsWith('(') || isHeard(type)) return [];
      return [{ kind: 'unheard-event', at, text: `raises ${quote(type)}, which no state handles` }];
    });
  }

  #missing(state: ChartState): Problem[] {
    const has = this.#implemented;
    if (has === undefined) return [];
    const edges = this.#edges.get(state.id) ?? [];
    const named: [at: string, kind: string, name: string, isThere: boolean][] = [
      ...this.#actions(state).flatMap(({ at, action }): (typeof named)[number][] =>
        action.kind === 'named' ? [[at, 'action', action.name, has.actions.has(action.name)]] : [],
      ),
      ...edges.flatMap(({ id, transition }): (typeof named)[number][] =>
        guardNames(transition.guard).map((name) => [id, 'guard', name, has.guards.has(name)]),
      ),
      ...edges.flatMap(({ id, transition: { trigger } }): (typeof named)[number][] =>
        trigger.kind === 'after' && typeof trigger.delay === 'string' && Number.isNaN(Number(trigger.delay))
          ? [[id, 'delay', trigger.delay, has.delays.has(trigger.delay)]]
          : [],
      ),
      ...state.invoke.flatMap(({ src }): (typeof named)[number][] =>
        src === '(inline)' ? [] : [[state.id, 'actor', src, has.actors.has(src)]],
      ),
    ];
    return named
      .filter(([, , , isThere]) => !isThere)
      .map(([at, kind, name]) => ({
        kind: 'missing-implementation',
        at,
        text: `there is no implementation of the ${kind} ${quote(name)}`,
      }));
  }
}

function guardNames(guard: ChartGuard | undefined): string[] {
  switch (guard?.kind) {
    case 'named':
      return [guard.name];
    case 'not':
      return guardNames(guard.guard);
    case 'and':
    case 'or':
      return guard.guards.flatMap(guardNames);
    default:
      return [];
  }
}

const isChart = (source: AnyStateMachine | Chart): source is Chart => !('transition' in source);

/**
 * What is most likely wrong with a machine, in document order: states that cannot be reached, transitions that cannot be taken, states in which nothing
 * can happen, raised events that nobody handles, invoked actors whose errors nobody handles, and (of a machine, not of a chart alone) names without
 * implementation. Nothing of the machine is run.
 */
export function problemsOf(source: AnyStateMachine | Chart): Problem[] {
  return isChart(source)
    ? new Search(source, undefined).problems()
    : new Search(toChart(source), namesIn(source.implementations)).problems();
}
