import type { AnyActorLogic, EventObject } from 'xstate';
import type { Effect, Path, Taken } from './effect.ts';
import { Tree } from './tree.ts';
import type { ActorState } from './state.ts';

/**
 * A decision: the state after it, what is to be done, and the transitions that were taken. No transition: the event was not handled,
 * and the state is the very same object.
 */
export type Decision = readonly [state: ActorState, effects: readonly Effect[], taken: readonly Taken[]];

/** How work that is not a chart ended. */
export type Outcome = { readonly output: unknown } | { readonly error: unknown };

/** The first decision of an actor. A chart that cannot start is in status `error`; this does not throw. */
export function start(logic: AnyActorLogic, input?: unknown): Decision {
  const tree = new Tree(undefined);
  tree.root.make(logic, input);
  tree.root.start();
  return decisionOf(tree, undefined);
}

/**
 * What an actor decides over an event: pure, the same for the same arguments. A guard or action that throws leads to status `error`.
 * @param to a descendant, instead of the root
 */
export function step(state: ActorState, event: EventObject, to?: Path): Decision {
  const tree = new Tree(state);
  const actor = to === undefined ? tree.root : tree.at(to);
  actor?.deliver(event);
  return decisionOf(tree, state);
}

/** A timer of the actor at `from` runs out; nothing happens when there is none of that id. */
export function fire(state: ActorState, from: Path, id: string): Decision {
  const tree = new Tree(state);
  tree.at(from)?.fire(id);
  return decisionOf(tree, state);
}

/** Work that the actor at `path` stands for (an `invoke` effect) has ended. Nothing happens when it is over already. */
export function settle(state: ActorState, path: Path, outcome: Outcome): Decision {
  const tree = new Tree(state);
  tree.at(path)?.settle(outcome);
  return decisionOf(tree, state);
}

function decisionOf({ root, effects, taken }: Tree, before: ActorState | undefined): Decision {
  const state = root.freeze();
  const failed = state.snapshot.status === 'error' && before?.snapshot.status !== 'error';
  // Guarantee A2: what an actor said in the turn that failed is not said.
  return [state, failed ? effects.filter((effect) => !isSaid(effect)) : effects, taken];
}

const isSaid = ({ deed: { kind } }: Effect): boolean =>
  kind === 'send' || kind === 'reply' || kind === 'refuse';
