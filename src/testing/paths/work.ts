import { isPure, type ActorState, type Timer } from '../../kernel/state.ts';
import type { Path } from '../../kernel/effect.ts';
import type { Outcome } from '../../kernel/step.ts';
import type { ActorView } from '../model/view.ts';
import { activeNodes, covers, descriptorsOf } from './descriptors.ts';
import type { Move } from './move.ts';
import type { Outcomes } from './options.ts';

interface Place {
  readonly path: Path;
  readonly state: ActorState;
  readonly parent: ActorState | undefined;
}

/** An actor and all its descendants. */
const within = (state: ActorState, path: Path = [], parent?: ActorState): Place[] => [
  { path, state, parent },
  ...Object.entries(state.children).flatMap(([id, child]) => within(child, [...path, id], state)),
];

/** A timer that was set earlier, with no longer to wait, is always due before this one. */
const canBeDue = (timer: Timer, at: number, all: readonly Timer[]): boolean =>
  !all.slice(0, at).some(({ delay }) => delay <= timer.delay);

/** Timers that can run out, of an actor and its descendants. */
export const timeouts = (state: ActorState, which: 'due' | 'any'): Move[] =>
  within(state).flatMap(({ path, state: { timers } }) =>
    timers
      .filter((timer, at) => which === 'any' || canBeDue(timer, at, timers))
      .map(({ id, delay, event }): Move => ({ kind: 'timer', path, id, delay, event })),
  );

/** The order in which timers were set, where it decides which can be due; empty otherwise. */
export const orderOfTimers = (state: ActorState): string =>
  within(state)
    .filter(({ state: { timers } }) => timers.length > 1)
    .map(({ path, state: { timers } }) => JSON.stringify([path, ...timers.map(({ id }) => id)]))
    .join();

const endings = [
  ['xstate.done.actor.', { output: undefined }],
  ['xstate.error.actor.', { error: new Error('the work failed') }],
] as const;

/** Ends nobody described: those the chart has a transition for. */
const bareOutcomes = (id: string, parent: ActorState | undefined): Outcome[] => {
  const nodes = parent && activeNodes(parent.snapshot);
  if (nodes === undefined) return [];
  const descriptors = descriptorsOf(nodes);
  return endings
    .filter(([prefix]) => descriptors.some((each) => covers(each, prefix + id)))
    .map(([, outcome]) => outcome);
};

/** How the work that is under way, anywhere in the tree, may end. */
export const settlements = (state: ActorState, view: () => ActorView, outcomes: Outcomes): Move[] =>
  within(state).flatMap(({ path, state: { logic, snapshot, src }, parent }): Move[] => {
    if (parent === undefined || isPure(logic) || snapshot.status !== 'active') return [];
    const id = path.at(-1) ?? '';
    const given = outcomes[id] ?? outcomes[src];
    if (given === undefined)
      return bareOutcomes(id, parent).map((outcome) => ({ kind: 'settle', path, src, outcome, bare: true }));
    const ends = typeof given === 'function' ? given(snapshot.input as never, view()) : given;
    return ends.map((outcome) => ({ kind: 'settle', path, src, outcome }));
  });
