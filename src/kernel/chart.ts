import type { AnyActorLogic, AnyStateMachine } from 'xstate';
import { TroupeError } from '../errors.ts';

/** A state of a chart, as far as it is needed to find it. */
export interface ChartNode {
  readonly id: string;
  readonly order: number;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly tags: readonly string[];
  readonly states: Readonly<Record<string, ChartNode>>;
}

export const isMachine = (logic: AnyActorLogic): logic is AnyStateMachine =>
  'resolveState' in logic && 'root' in logic;

/**
 * The active states of a value. XState's own fills in what a value leaves out and takes what contradicts itself: a state that was stored
 * by another chart would be entered without its entry actions.
 * @throws TroupeError UNKNOWN_STATE for a value that is not a whole state of this chart
 */
export function activeNodes(machine: AnyStateMachine, value: unknown): readonly ChartNode[] {
  const nodes: ChartNode[] = [];
  collect(machine.root, value, nodes, machine.id);
  return nodes;
}

function collect(node: ChartNode, value: unknown, nodes: ChartNode[], machine: string): void {
  nodes.push(node);
  const given = typeof value === 'string' ? { [value]: {} } : (Object(value) as Record<string, unknown>);
  const keys = Object.keys(given);
  for (const key of keys) {
    const child = Object.hasOwn(node.states, key) ? node.states[key] : undefined;
    if (child === undefined || child.type === 'history') throw unknownState(machine, `${node.id}.${key}`);
    collect(child, given[key], nodes, machine);
  }
  const missing = missingOf(node, keys);
  if (missing !== undefined)
    throw unknownState(machine, node.id, `${JSON.stringify(value)} is not a whole value of it, ${missing}`);
}

/** XState lets a transition to two states of a compound one activate both: that more are active than can be is not for us to refuse. */
function missingOf({ type, states }: ChartNode, active: readonly string[]): string | undefined {
  if (type === 'compound') return active.length > 0 ? undefined : 'one of its states is active';
  if (type !== 'parallel') return undefined;
  const missing = Object.keys(states).filter(
    (key) => states[key]?.type !== 'history' && !active.includes(key),
  );
  return missing.length === 0 ? undefined : `all its regions are active, also ${missing.join(', ')}`;
}

/** @throws TroupeError UNKNOWN_STATE for an id that no state of the chart has */
export function nodesById(machine: AnyStateMachine, ids: readonly string[]): readonly ChartNode[] {
  const { idMap } = machine as unknown as { readonly idMap: ReadonlyMap<string, ChartNode> };
  return ids.map((id) => {
    const node = idMap.get(id);
    if (node === undefined) throw unknownState(machine.id, id);
    return node;
  });
}

const unknownState = (machine: string, state: string, why?: string): TroupeError =>
  new TroupeError(
    'UNKNOWN_STATE',
    `${why === undefined ? `The machine "${machine}" has no state "${state}"` : `The state "${state}" of the machine "${machine}" has changed: ${why}`}. ` +
      'An actor was stored in it by another version of the machine: give the machine a `version` and migrate what is stored, or put the state back.',
    { data: { machine, state } },
  );

/**
 * The logic of a child by the name its parent knows it by.
 * @throws TroupeError NOT_PROVIDED when the parent has none of that name
 */
export function logicOf(parent: AnyActorLogic, src: string, id: string): AnyActorLogic {
  const logic = isMachine(parent) ? (inlineOf(parent, src) ?? namedOf(parent, src)) : undefined;
  if (typeof logic === 'object' && logic !== null) return logic as AnyActorLogic;
  const name = isMachine(parent) ? `machine "${parent.id}"` : 'logic of its parent';
  throw new TroupeError(
    'NOT_PROVIDED',
    `The stored child "${id}" runs "${src}", and the ${name} has no actor of that name: give it to \`setup({ actors })\` or \`provide\`, or migrate what is stored.`,
    { data: { src, id } },
  );
}

const namedOf = ({ implementations }: AnyStateMachine, src: string): unknown => {
  const actors = implementations.actors as Readonly<Record<string, unknown>>;
  return Object.hasOwn(actors, src) ? actors[src] : undefined;
};

/** Logic that is given where it is invoked: XState names it by its place in the chart. */
function inlineOf(machine: AnyStateMachine, src: string): unknown {
  const [, index, id] = /^xstate\.invoke\.(\d+)\.(.*)$/s.exec(src) ?? [];
  if (index === undefined || id === undefined) return undefined;
  const { idMap } = machine as unknown as {
    readonly idMap: ReadonlyMap<string, { readonly config: { readonly invoke?: unknown } }>;
  };
  const invoke: unknown = idMap.get(id)?.config.invoke;
  const found = Array.isArray(invoke) ? (invoke as unknown[])[Number(index)] : invoke;
  return (found as { readonly src?: unknown } | undefined)?.src;
}
