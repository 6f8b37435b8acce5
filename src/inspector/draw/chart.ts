/** A value that JSON keeps as it is. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * One action. `named` is a reference into the machine's implementations, `inline` a function written in the
 * config (`name` when the function has one of its own), `builtin` one of XState's action creators with the
 * arguments that are known without running it: event types, context keys, actor ids, labels.
 */
export type ChartAction =
  | { readonly kind: 'named'; readonly name: string; readonly params?: Json }
  | { readonly kind: 'inline'; readonly name?: string }
  | {
      readonly kind: 'builtin';
      readonly name: string;
      readonly args: readonly string[];
      /** Milliseconds, or the name of a delay. */
      readonly delay?: number | string;
    };

/** A guard; `and`, `or` and `not` keep their structure. `stateIn` holds a state id (`#a`) or a state value. */
export type ChartGuard =
  | { readonly kind: 'named'; readonly name: string; readonly params?: Json }
  | { readonly kind: 'inline'; readonly name?: string }
  | { readonly kind: 'and' | 'or'; readonly guards: readonly ChartGuard[] }
  | { readonly kind: 'not'; readonly guard: ChartGuard }
  | { readonly kind: 'stateIn'; readonly state: Json };

/** What makes a transition a candidate. `actor` is the name a person gave: the invoke's id, else its source. */
export type ChartTrigger =
  | { readonly kind: 'event'; readonly type: string }
  | { readonly kind: 'always' }
  /** `delay` in milliseconds, or the name of a delay. */
  | { readonly kind: 'after'; readonly delay: number | string }
  | { readonly kind: 'state.done' }
  | { readonly kind: 'actor.done' | 'actor.error' | 'actor.snapshot'; readonly actor: string };

export interface ChartTransition {
  readonly trigger: ChartTrigger;
  /** XState's event descriptor as the interpreter reports it; empty for `always`. */
  readonly event: string;
  readonly guard?: ChartGuard;
  readonly actions: readonly ChartAction[];
  /** Ids of the target states; several only into parallel regions, none for an internal transition. */
  readonly targets: readonly string[];
  readonly reenter: boolean;
  readonly description?: string;
}

export interface ChartInvoke {
  readonly id: string;
  /** The name of the actor logic, `(inline)` for logic written in the config. */
  readonly src: string;
  readonly systemId?: string;
}

interface StateFields {
  /** XState's id. Where several states share one (`{'a.b': …}` beside `a` with child `b`): `id~2`, `id~3`, … */
  readonly id: string;
  readonly key: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly entry: readonly ChartAction[];
  readonly exit: readonly ChartAction[];
  readonly invoke: readonly ChartInvoke[];
  /** In the order XState tries them per event: `on`, `onDone`, invokes, `after`, then `always`. */
  readonly transitions: readonly ChartTransition[];
  /** Output of a final state or of the machine; `(inline)` where it is computed. */
  readonly output?: Json;
}

/** Where a compound state starts. */
export interface ChartInitial {
  readonly target: string;
  readonly actions: readonly ChartAction[];
}

export type ChartState =
  | (StateFields & { readonly type: 'atomic' | 'final' })
  | (StateFields & {
      readonly type: 'compound';
      readonly initial: ChartInitial;
      readonly states: readonly ChartState[];
    })
  | (StateFields & { readonly type: 'parallel'; readonly states: readonly ChartState[] })
  | (StateFields & {
      readonly type: 'history';
      readonly history: 'shallow' | 'deep';
      /** Ids of the states entered while nothing is remembered; none: the parent's initial state. */
      readonly targets: readonly string[];
    });

/**
 * A statechart as plain data, independent of XState: what `troupe draw --format json` prints. The same machine
 * gives the same bytes: states in document order, keys in the order of these types.
 */
export interface Chart {
  /** Version of this format. */
  readonly version: 1;
  readonly id: string;
  /** The machine's own `version`, when it has one. */
  readonly machineVersion?: string;
  readonly root: ChartState;
}

/** The children of a state in document order; none for a state that cannot have any. */
export const childrenOf = (state: ChartState): readonly ChartState[] =>
  'states' in state ? state.states : [];

/** A state and all its descendants in document order. */
export const statesOf = (state: ChartState): ChartState[] => [state, ...childrenOf(state).flatMap(statesOf)];
