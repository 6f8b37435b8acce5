import type { AnyStateMachine } from 'xstate';
import { TroupeError } from '../../errors.ts';
import { toActions } from './actions.ts';
import type { Chart, ChartInitial, ChartState } from './chart.ts';
import { isMachine, listOf, rootOf, type MachineNode } from './machine.ts';
import { toJson } from './plain.ts';
import { toInvoke, toTransitions } from './transitions.ts';

type IdOf = (node: MachineNode) => string;

const nodesOf = (node: MachineNode): MachineNode[] => [node, ...Object.values(node.states).flatMap(nodesOf)];

/** XState joins keys with dots, so two states can share an id; a chart's references must not be ambiguous. */
const uniqueIds = (root: MachineNode): IdOf => {
  const ids = new Map<MachineNode, string>();
  const taken = new Set<string>();
  for (const node of nodesOf(root)) {
    let id = node.id;
    for (let n = 2; taken.has(id); n += 1) id = `${node.id}~${n}`;
    taken.add(id);
    ids.set(node, id);
  }
  return (node) => ids.get(node) ?? node.id;
};

const invalid = (node: MachineNode, cause: unknown): TroupeError =>
  new TroupeError(
    'INVALID_MACHINE',
    `State "${node.id}" cannot be drawn: ${cause instanceof Error ? cause.message : String(cause)}. Correct its config.`,
    { cause },
  );

const toInitial = (node: MachineNode, idOf: IdOf): ChartInitial => {
  let initial: MachineNode['initial'];
  try {
    initial = node.initial;
  } catch (cause) {
    throw invalid(node, cause);
  }
  const [target] = initial.target;
  if (target === undefined) throw invalid(node, new Error('it has no initial state'));
  return { target: idOf(target), actions: toActions(initial.actions) };
};

/** The default target of a history state, resolved as XState does: `#id`, or a path from the parent. */
const historyTarget = (node: MachineNode, target: string): MachineNode => {
  if (target.startsWith('#')) return node.machine.getStateNodeById(target);
  const path = target.split(/(?<!\\)\./).map((key) => key.replaceAll('\\.', '.'));
  const found = path.reduce<MachineNode | undefined>((from, key) => from?.states[key], node.parent);
  if (found === undefined) throw invalid(node, new Error(`its target "${target}" does not exist`));
  return found;
};

const historyFields = (node: MachineNode, idOf: IdOf) => ({
  history: node.history === 'deep' ? ('deep' as const) : ('shallow' as const),
  targets: listOf(node.config.target).map((target) => idOf(historyTarget(node, String(target)))),
});

const sharedFields = (node: MachineNode, idOf: IdOf) => ({
  id: idOf(node),
  key: node.key,
  ...(node.description === undefined ? {} : { description: node.description }),
  tags: [...node.tags],
  // From the config: XState appends its own raise and cancel for `after` to the node's lists.
  entry: toActions(node.config.entry),
  exit: toActions(node.config.exit),
  invoke: node.invoke.map(toInvoke),
  transitions: toTransitions(node, idOf),
  ...(node.output === undefined ? {} : { output: toJson(node.output) }),
});

const toState = (node: MachineNode, idOf: IdOf): ChartState => {
  const shared = sharedFields(node, idOf);
  const states = Object.values(node.states).map((child) => toState(child, idOf));
  switch (node.type) {
    case 'compound':
      return { type: node.type, ...shared, initial: toInitial(node, idOf), states };
    case 'parallel':
      return { type: node.type, ...shared, states };
    case 'history':
      return { type: node.type, ...shared, ...historyFields(node, idOf) };
    default:
      return { type: node.type, ...shared };
  }
};

/**
 * The chart of an XState v5 machine as plain data (see {@link Chart}). Nothing of the machine is run.
 *
 * @throws TroupeError `INVALID_MACHINE` when the value is not a machine, or when a state's `initial` or a
 * history state's target names no state.
 */
export function toChart(machine: AnyStateMachine): Chart {
  if (!isMachine(machine)) {
    throw new TroupeError(
      'INVALID_MACHINE',
      `Expected an XState v5 machine, got ${typeof machine}. Pass what createMachine returns.`,
    );
  }
  const root = rootOf(machine);
  return {
    version: 1,
    id: machine.id,
    ...(machine.version === undefined ? {} : { machineVersion: machine.version }),
    root: toState(root, uniqueIds(root)),
  };
}
