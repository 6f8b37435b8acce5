import type { AnyActorLogic } from 'xstate';
import type { Deed, Effect, Taken } from '../../../src/kernel/effect.ts';
import { isPure, type ActorState } from '../../../src/kernel/state.ts';
import { fire, settle, start, step, type Decision } from '../../../src/kernel/step.ts';
import { plain, viewOfSnapshot, type Observed, type Stimulus, type View } from './observed.ts';

/** A chart as the kernel runs it, seen as XState's own is. */
export class Stepped {
  state: ActorState;
  /** What came of the latest stimulus; at first, of the start. */
  last: Observed;

  constructor(logic: AnyActorLogic, input: unknown) {
    const decision = start(logic, input);
    this.state = decision[0];
    this.last = observed(decision);
  }

  do(stimulus: Stimulus): Observed {
    const decision = decide(this.state, stimulus);
    this.state = decision[0];
    this.last = observed(decision);
    return this.last;
  }
}

export function decide(state: ActorState, stimulus: Stimulus): Decision {
  const { path } = stimulus;
  if (stimulus.kind === 'send') return step(state, stimulus.event, path);
  if (stimulus.kind === 'fire') return fire(state, path, stimulus.timer);
  return settle(state, path, stimulus.outcome);
}

export const observed = ([state, effects, taken]: Decision): Observed => ({
  effects: effects.map(({ from, deed }: Effect) => [from, ...deedOf(deed)]),
  taken: taken.map(({ from, transition: { source, eventType, target } }: Taken) => [
    from,
    source.id,
    eventType,
    target?.map(({ id }) => id) ?? null,
  ]),
  view: viewOf(state),
});

function deedOf(deed: Deed): unknown[] {
  switch (deed.kind) {
    case 'send':
    case 'reply':
      return ['say', deed.to, plain(deed.event)];
    case 'refuse':
      return ['say', deed.to, plain(deed.error)];
    case 'log':
      return ['log', plain({ value: deed.value, label: deed.label })];
    default: {
      const { kind, ...rest } = deed;
      return [kind, ...Object.values(rest).map(plain)];
    }
  }
}

const viewOf = ({ logic, snapshot, timers, children }: ActorState): View =>
  viewOfSnapshot(
    snapshot,
    !isPure(logic),
    timers.map(({ id, event, delay, to }) => plain([id, event, delay, to])),
    Object.entries(children).map(([id, child]) => [id, viewOf(child)]),
  );

/** Timers that can fire in a tree, and how its work can end. */
export const stimuli = (state: ActorState): Stimulus[] =>
  within(state, []).flatMap(({ path, at }): Stimulus[] => {
    if (at.snapshot.status !== 'active') return [];
    if (isPure(at.logic)) return at.timers.map(({ id }) => ({ kind: 'fire', path, timer: id }));
    return [
      { kind: 'settle', path, outcome: { output: path.length } },
      { kind: 'settle', path, outcome: { error: new Error('work failed') } },
    ];
  });

export const within = (
  state: ActorState,
  path: readonly string[],
): { readonly path: readonly string[]; readonly at: ActorState }[] => [
  { path, at: state },
  ...Object.entries(state.children).flatMap(([id, child]) => within(child, [...path, id])),
];
