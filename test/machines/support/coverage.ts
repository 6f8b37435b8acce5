import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

const candidates = (node: AnyStateNode, descriptor: string): readonly AnyTransitionDefinition[] =>
  (descriptor === '' ? node.always : node.transitions.get(descriptor)) ?? [];

/** Names a transition the same way in a chart and in the chart as it was provided with actors and actions. */
export const transitionLabel = (transition: AnyTransitionDefinition): string => {
  const { source, target } = transition;
  const eventType = transition.eventType as string;
  const index = candidates(source as AnyStateNode, eventType).indexOf(transition);
  const to = target === undefined ? 'stays' : target.map(({ id }) => id).join(', ');
  return `${source.id} ${eventType === '' ? 'always' : eventType}[${index}] -> ${to}`;
};

const nodes = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodes)];

/** Every transition of a chart, guarded alternatives one by one. */
export const transitionLabels = (machine: AnyStateMachine): string[] =>
  nodes(machine.root)
    .flatMap((node) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])])
    .map(transitionLabel)
    .sort();
