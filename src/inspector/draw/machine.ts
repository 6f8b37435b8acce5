import type { AnyStateMachine } from 'xstate';

/**
 * The fields of XState's `StateMachine` and `StateNode` that drawing reads. All are public in its type
 * declarations; writing them down again keeps the `any` of XState's generics out of this folder.
 */
export interface MachineNode {
  readonly id: string;
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly history: false | 'shallow' | 'deep';
  readonly description?: string;
  readonly tags: readonly string[];
  readonly output?: unknown;
  readonly parent?: MachineNode;
  readonly machine: { getStateNodeById(id: string): MachineNode };
  readonly states: Readonly<Record<string, MachineNode>>;
  readonly config: { readonly entry?: unknown; readonly exit?: unknown; readonly target?: unknown };
  readonly invoke: readonly MachineInvoke[];
  readonly transitions: ReadonlyMap<string, readonly MachineTransition[]>;
  readonly always?: readonly MachineTransition[];
  /** A getter that throws when the config names a child that does not exist. */
  readonly initial: { readonly target: readonly MachineNode[]; readonly actions: readonly unknown[] };
}

export interface MachineInvoke {
  readonly id: string;
  readonly src: unknown;
  readonly systemId?: string | undefined;
}

export interface MachineTransition {
  readonly eventType: string;
  readonly guard?: unknown;
  readonly actions: readonly unknown[];
  readonly target?: readonly MachineNode[] | undefined;
  readonly reenter: boolean;
  readonly description?: string | undefined;
  /** Only on the transitions of `after`. */
  readonly delay?: number | string;
}

const hasMethods = (value: object, names: readonly string[]): boolean =>
  names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');

/**
 * Is this an XState v5 machine? Decided by shape, not by `instanceof`: the machine may come from another copy
 * of xstate than ours.
 */
export function isMachine(value: unknown): value is AnyStateMachine {
  if (typeof value !== 'object' || value === null) return false;
  if (!hasMethods(value, ['transition', 'getInitialSnapshot', 'getStateNodeById', 'provide'])) return false;
  const { root } = value as { root?: { transitions?: unknown; states?: unknown } };
  return typeof root?.states === 'object' && typeof root.transitions === 'object';
}

/** The root of a machine, seen through the fields above. */
export const rootOf = (machine: AnyStateMachine): MachineNode => machine.root;

/** XState accepts one thing or a list of them nearly everywhere. */
export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value];
