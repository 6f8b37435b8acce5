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

const decide = (state: ActorState | undefined, act: (tree: Tree) => void): Decision => {
  const tree = new Tree(state);
  act(tree);
  return [tree.root.freeze(), tree.effects, tree.taken];
};

/** The first decision of an actor. A chart that cannot start is in status `error`; this does not throw. */
export const start = (logic: AnyActorLogic, input?: unknown): Decision =>
  decide(undefined, (tree) => tree.root.start(logic, input));

/**
 * What an actor decides over an event: pure, the same for the same arguments. A guard or action that throws leads to status `error`.
 * @param to a descendant, instead of the root
 */
export const step = (state: ActorState, event: EventObject, to: Path = []): Decision =>
  decide(state, (tree) => tree.at(to)?.deliver(event));

/** A timer of the actor at `from` runs out; nothing happens when there is none of that id. */
export const fire = (state: ActorState, from: Path, id: string): Decision =>
  decide(state, (tree) => {
    const owner = tree.at(from);
    const timer = owner?.timers.find((each) => each.id === id);
    if (timer !== undefined) owner?.fire(timer);
  });

/** Work that the actor at `path` stands for (an `invoke` effect) has ended. Nothing happens when it is over already. */
export const settle = (state: ActorState, path: Path, outcome: Outcome): Decision =>
  decide(state, (tree) => {
    const child = tree.at(path);
    if (child?.snapshot.status === 'active') child.settle(outcome);
  });
