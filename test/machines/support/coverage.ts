import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

/** A guard by name; charts of ours have no inline guards. */
const guardOf = ({ guard }: AnyTransitionDefinition): string => {
  if (guard === undefined) return '';
  const given = guard as string | { readonly type: string };
  return ` [${typeof given === 'string' ? given : given.type}]`;
};

/**
 * `source event [guard] -> target`, or `-> stays` for a transition without target. The same in a chart and in the chart
 * as it was provided with actors and actions, where the objects are others.
 */
export const transitionLabel = (transition: AnyTransitionDefinition): string => {
  const event = transition.eventType as string;
  const target = transition.target?.map(({ id }) => id).join(', ') ?? 'stays';
  return `${transition.source.id} ${event === '' ? 'always' : event}${guardOf(transition)} -> ${target}`;
};

const nodes = (node: AnyStateNode): AnyStateNode[] => [node, ...Object.values(node.states).flatMap(nodes)];

/** Every transition of a chart, guarded alternatives one by one. */
export const transitionLabels = (machine: AnyStateMachine): string[] =>
  nodes(machine.root)
    .flatMap((node) => [...[...node.transitions.values()].flat(), ...(node.always ?? [])])
    .map(transitionLabel)
    .sort();
