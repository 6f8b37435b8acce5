import type {
  ChartAction,
  ChartGuard,
  ChartInvoke,
  ChartState,
  ChartTransition,
  ChartTrigger,
  Json,
} from './chart.ts';
import { INLINE, shortText } from './plain.ts';
import type { ChartCoverage } from '../../testing/cover/drawn.ts';

/** How much a label says. */
export interface Detail {
  /** Also actions, invokes, entry, exit and output? */
  readonly detail: boolean;
  /** How often each transition was taken and each state visited, where that is known. */
  readonly coverage?: ChartCoverage | undefined;
}

const times = (count: number | undefined): string | undefined =>
  count === undefined ? undefined : count === 0 ? '(never)' : `(${count}x)`;

const delayText = (delay: number | string): string =>
  `after ${typeof delay === 'number' ? `${delay} ms` : delay}`;

/** What is passed to an action or guard, where that is known without running it: `(5)`, or `(least: 5, most: 7)`. */
const paramsText = (params: Json | undefined): string => {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return '';
  const entries = Object.entries(params as Readonly<Record<string, Json>>);
  const texts = entries.map(([name, value]) =>
    entries.length === 1 ? shortText(value) : `${name}: ${shortText(value)}`,
  );
  return `(${texts.join(', ')})`;
};

export const actionText = (action: ChartAction): string => {
  if (action.kind === 'named') return `${action.name}${paramsText(action.params)}`;
  if (action.kind === 'inline') return action.name ?? INLINE;
  const delay = action.delay === undefined ? '' : ` ${delayText(action.delay)}`;
  return `${action.name}${action.args.length === 0 ? '' : `(${action.args.join(', ')})`}${delay}`;
};

const operand = (guard: ChartGuard): string =>
  guard.kind === 'and' || guard.kind === 'or' ? `(${guardText(guard)})` : guardText(guard);

export function guardText(guard: ChartGuard): string {
  switch (guard.kind) {
    case 'named':
      return `${guard.name}${paramsText(guard.params)}`;
    case 'inline':
      return guard.name ?? INLINE;
    case 'not':
      return `not ${operand(guard.guard)}`;
    case 'stateIn':
      return `in ${shortText(guard.state)}`;
    default:
      return guard.guards.map(operand).join(` ${guard.kind} `);
  }
}

const triggerText = (trigger: ChartTrigger): string => {
  switch (trigger.kind) {
    case 'event':
      return trigger.type;
    case 'always':
      return 'always';
    case 'after':
      return delayText(trigger.delay);
    case 'state.done':
      return 'onDone';
    case 'actor.done':
      return `onDone ${trigger.actor}`;
    case 'actor.error':
      return `onError ${trigger.actor}`;
    case 'actor.snapshot':
      return `onSnapshot ${trigger.actor}`;
  }
};

const actionsText = (actions: readonly ChartAction[]): string => `/ ${actions.map(actionText).join(', ')}`;

/** XState's way to stop an event from reaching the ancestors: a transition that does nothing. */
export const isForbidden = (transition: ChartTransition): boolean =>
  transition.targets.length === 0 &&
  transition.actions.length === 0 &&
  transition.guard === undefined &&
  !transition.reenter;

/** The place among the candidates for the same event, when there are several: the first that passes is taken. */
export const rank = (state: ChartState, transition: ChartTransition): string | undefined => {
  const candidates = state.transitions.filter((other) => other.event === transition.event);
  return candidates.length < 2 ? undefined : `${candidates.indexOf(transition) + 1}.`;
};

/** `EVENT 1. [guard] / action, action (reenter)`: what stands on the arrow of one of the state's transitions. */
export const transitionText = (
  state: ChartState,
  transition: ChartTransition,
  { detail, coverage }: Detail,
): string =>
  [
    triggerText(transition.trigger),
    rank(state, transition),
    transition.guard === undefined ? undefined : `[${guardText(transition.guard)}]`,
    detail && transition.actions.length > 0 ? actionsText(transition.actions) : undefined,
    transition.reenter ? '(reenter)' : undefined,
    isForbidden(transition) ? '(forbidden)' : undefined,
    times(coverage?.transitions[state.id]?.[state.transitions.indexOf(transition)]),
  ]
    .filter((part) => part !== undefined)
    .join(' ');

export const invokeText = (state: ChartState, invoke: ChartInvoke): string => {
  const unnamed = invoke.id === `${state.invoke.indexOf(invoke)}.${state.id}`;
  return `invoke ${invoke.src}${unnamed || invoke.id === invoke.src ? '' : ` as ${invoke.id}`}`;
};

const detailRows = (state: ChartState): string[] => [
  ...(state.entry.length > 0 ? [`entry ${actionsText(state.entry)}`] : []),
  ...state.invoke.map((invoke) => invokeText(state, invoke)),
  ...(state.exit.length > 0 ? [`exit ${actionsText(state.exit)}`] : []),
  ...(state.output === undefined ? [] : [`output ${shortText(state.output)}`]),
];

/** The lines inside a state's box: what it runs, then the transitions that have no arrow. */
export const rowsOf = (state: ChartState, options: Detail): string[] => [
  ...(options.detail ? detailRows(state) : []),
  ...state.transitions
    .filter((transition) => transition.targets.length === 0)
    .map((transition) => transitionText(state, transition, options)),
];
