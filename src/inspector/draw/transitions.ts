import { toActions } from './actions.ts';
import type { ChartInvoke, ChartTransition, ChartTrigger } from './chart.ts';
import { toGuard } from './guards.ts';
import type { MachineInvoke, MachineNode, MachineTransition } from './machine.ts';
import { INLINE } from './plain.ts';

/** XState's name for logic that was written in the config: `xstate.invoke.0.<state id>`. */
const INLINE_SOURCE = /^xstate\.invoke\.\d+\./;

const sourceOf = (invoke: MachineInvoke): string =>
  typeof invoke.src === 'string' && !INLINE_SOURCE.test(invoke.src) ? invoke.src : INLINE;

export const toInvoke = (invoke: MachineInvoke): ChartInvoke => ({
  id: invoke.id,
  src: sourceOf(invoke),
  ...(invoke.systemId === undefined ? {} : { systemId: invoke.systemId }),
});

/** What a person calls an invoked actor: the id that was given to it, else the name of its logic. */
const actorName = (node: MachineNode, id: string): string => {
  const index = node.invoke.findIndex((invoke) => invoke.id === id);
  const invoke = node.invoke[index];
  return invoke !== undefined && id === `${index}.${node.id}` ? sourceOf(invoke) : id;
};

const actorEvents = [
  ['actor.done', 'xstate.done.actor.'],
  ['actor.error', 'xstate.error.actor.'],
  ['actor.snapshot', 'xstate.snapshot.'],
] as const;

const toTrigger = (node: MachineNode, { eventType, delay }: MachineTransition): ChartTrigger => {
  if (eventType === '') return { kind: 'always' };
  if (delay !== undefined && eventType.startsWith('xstate.after.')) return { kind: 'after', delay };
  if (eventType === `xstate.done.state.${node.id}`) return { kind: 'state.done' };
  for (const [kind, prefix] of actorEvents) {
    if (eventType.startsWith(prefix)) return { kind, actor: actorName(node, eventType.slice(prefix.length)) };
  }
  return { kind: 'event', type: eventType };
};

/** All transitions of a state, in the order in which XState tries them. */
export const toTransitions = (node: MachineNode, idOf: (node: MachineNode) => string): ChartTransition[] =>
  [...[...node.transitions.values()].flat(), ...(node.always ?? [])].map((transition) => ({
    trigger: toTrigger(node, transition),
    event: transition.eventType,
    ...(transition.guard === undefined ? {} : { guard: toGuard(transition.guard) }),
    actions: toActions(transition.actions),
    targets: (transition.target ?? []).map(idOf),
    reenter: transition.reenter,
    ...(transition.description === undefined ? {} : { description: transition.description }),
  }));
