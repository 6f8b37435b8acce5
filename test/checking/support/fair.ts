import { keyOf } from '../../../src/kernel/key.ts';
import { isFault, type Action } from '../../../src/testing/model/action.ts';
import type { Fairness, Property, System } from '../../../src/testing/model/spec.ts';
import { Model, type World } from './naive.ts';

interface Edge {
  readonly to: number;
  /** What fairness is about here; undefined for a fault. */
  readonly concern: string | undefined;
}

/** All states of a small system with the steps between them, as the reference has them. */
export interface Small {
  readonly model: Model;
  readonly worlds: readonly World[];
  readonly edges: readonly (readonly Edge[])[];
  readonly idOf: (world: World) => number;
}

export function concernOf(action: Action): string | undefined {
  if (isFault(action)) return undefined;
  switch (action.kind) {
    case 'timeout':
      return keyOf([action.kind, action.actor, action.path, action.timer]);
    case 'settle':
      return keyOf([action.kind, action.actor, action.path]);
    case 'choose':
      return keyOf([action.kind, action.actor]);
    default:
      return keyOf(action);
  }
}

/** undefined for a system of more states. */
export function smallOf(system: System, limit: number): Small | undefined {
  const model = new Model(system);
  const ids = new Map<string, number>();
  const worlds: World[] = [];
  const edges: Edge[][] = [];
  const idOf = (world: World): number => {
    const key = model.key(world);
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, worlds.length);
    return worlds.push(world) - 1;
  };
  idOf(model.initial());
  for (const world of worlds) {
    if (worlds.length > limit) return undefined;
    const inside = model.edges(world).filter(({ to }) => system.boundary?.(model.view(to)) ?? true);
    edges.push(inside.map(({ action, to }) => ({ to: idOf(to), concern: concernOf(action) })));
  }
  return { model, worlds, edges, idOf };
}

const flat = <T>(states: Iterable<number>, of: (state: number) => readonly T[]): T[] =>
  [...states].flatMap(of);

/** Is a run that visits exactly these states again and again, and takes every step between them, fair? */
export function isFair(
  { edges }: Pick<Small, 'edges'>,
  states: ReadonlySet<number>,
  taken: ReadonlySet<string | undefined>,
  fairness: Fairness,
): boolean {
  const possible = new Set(flat(states, (state) => edges[state]!.map(({ concern }) => concern)));
  possible.delete(undefined);
  const isLeft = (concern: string | undefined): boolean =>
    [...states].some((state) => edges[state]!.every((edge) => edge.concern !== concern));
  return [...possible].every((concern) => taken.has(concern) || (fairness === 'weak' && isLeft(concern)));
}

export type Judgement = 'holds' | 'ends' | 'goes round';

/**
 * What becomes of an `eventually`, by trying every set of states in which a run could stay for ever. undefined when there are too many.
 */
export function judge(
  small: Small,
  { holds, fairness = 'weak' }: Property,
  most = 12,
): Judgement | undefined {
  const { model, worlds, edges } = small;
  const isBad = worlds.map((world) => !holds(model.view(world)));
  if (isBad[0] !== true) return 'holds';
  const reached = new Set([0]);
  for (const state of reached) for (const { to } of edges[state]!) if (isBad[to] === true) reached.add(to);
  if (flat(reached, (state) => [edges[state]!.every(({ concern }) => concern === undefined)]).includes(true))
    return 'ends';
  const all = [...reached];
  if (all.length > most) return undefined;
  for (let mask = 1; mask < 1 << all.length; mask += 1) {
    const states = new Set(all.filter((_, at) => (mask & (1 << at)) !== 0));
    const inner = (state: number): Edge[] => edges[state]!.filter(({ to }) => states.has(to));
    const taken = new Set(flat(states, (state) => inner(state).map(({ concern }) => concern)));
    if (isConnected(states, inner) && isFair(small, states, taken, fairness)) return 'goes round';
  }
  return 'holds';
}

/** Does each state lead to each, itself too? */
const isConnected = (states: ReadonlySet<number>, inner: (state: number) => readonly Edge[]): boolean =>
  [...states].every((from) => {
    const seen = new Set(inner(from).map(({ to }) => to));
    for (const state of seen) for (const { to } of inner(state)) seen.add(to);
    return seen.size === states.size;
  });
