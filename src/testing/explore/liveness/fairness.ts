import { keyOf } from '../../../kernel/key.ts';
import { isFault, type Action } from '../../model/action.ts';
import type { Fairness } from '../../model/spec.ts';
import type { Graph } from '../graph.ts';
import { cyclicComponents } from './components.ts';

/**
 * What fairness is about, by step: each message that can be delivered, each timer, each piece of work (however it ends), and all that the
 * environment may choose for one actor. Faults have none: they need never happen.
 */
export class Concerns {
  readonly #graph: Graph;
  readonly #numbers = new Map<string, number>();
  /** By step id; -1 for a fault, undefined while unknown. */
  readonly #bySteps: (number | undefined)[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  of(step: number): number {
    return (this.#bySteps[step] ??= this.#number(this.#graph.model.tables.steps.at(step).action));
  }

  #number(action: Action): number {
    if (isFault(action)) return -1;
    const name = concern(action);
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}

function concern(action: Action): string {
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

/** A set of states in which a run can stay for ever without being unfair, and what it has to do there again and again. */
export interface Trap {
  readonly states: ReadonlySet<number>;
  /** Concerns that are possible in every state of it (weak), or in any (strong): a fair run takes each. */
  readonly due: readonly number[];
}

interface Census {
  /** By concern: in how many states it is possible. */
  readonly possible: ReadonlyMap<number, number>;
  /** Concerns some step within the set takes. */
  readonly taken: ReadonlySet<number>;
}

function censusOf(graph: Graph, states: ReadonlySet<number>, concerns: Concerns): Census {
  const possible = new Map<number, number>();
  const taken = new Set<number>();
  for (const state of states) {
    const here = new Set<number>();
    graph.successors(state, (step, to) => {
      const concerned = concerns.of(step.id);
      if (concerned < 0) return;
      here.add(concerned);
      if (states.has(to)) taken.add(concerned);
    });
    for (const concerned of here) possible.set(concerned, (possible.get(concerned) ?? 0) + 1);
  }
  return { possible, taken };
}

/**
 * The sets of states in which a fair run can stay for ever. Weak fairness: what is possible in every state of the set is done in it; if not, in
 * no part of it either. Strong: what is possible in any state is done; if not, a run may still stay in the part where it never is possible
 * (Emerson and Lei, 1987), which is looked at in turn.
 * @param within the states a run may be in
 */
export function fairTraps(
  graph: Graph,
  concerns: Concerns,
  within: (state: number) => boolean,
  roots: Iterable<number>,
  fairness: Fairness,
): Trap[] {
  const edges = (state: number, visit: (to: number) => void): void =>
    graph.successors(state, (_step, to) => visit(to));
  const components = cyclicComponents({ size: graph.size, has: within, edges }, roots);
  return components.flatMap((component): Trap[] => {
    const states = new Set(component);
    const { possible, taken } = censusOf(graph, states, concerns);
    const isDue = (count: number): boolean => fairness === 'strong' || count === states.size;
    const due = [...possible].filter(([, count]) => isDue(count)).map(([concerned]) => concerned);
    const starved = due.filter((concerned) => !taken.has(concerned));
    if (starved.length === 0) return [{ states, due }];
    if (fairness === 'weak') return [];
    const rest = withoutConcerns(graph, states, concerns, new Set(starved));
    return fairTraps(graph, concerns, (state) => rest.has(state), rest, fairness);
  });
}

function withoutConcerns(
  graph: Graph,
  states: ReadonlySet<number>,
  concerns: Concerns,
  starved: ReadonlySet<number>,
): ReadonlySet<number> {
  const offers = (state: number): boolean => {
    let offered = 0;
    graph.successors(state, (step) => {
      if (starved.has(concerns.of(step.id))) offered += 1;
    });
    return offered > 0;
  };
  return new Set([...states].filter((state) => !offers(state)));
}
