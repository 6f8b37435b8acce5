import type { Fairness } from '../../model/spec.ts';
import type { Graph } from '../graph.ts';
import type { Ints } from '../ints.ts';
import type { Step } from '../step.ts';
import { Concerns, fairTraps, type Trap } from './fairness.ts';

/** A run that never ends: the steps to a cycle, and the cycle. */
export interface Lasso {
  readonly stem: readonly Step[];
  readonly cycle: readonly Step[];
}

interface Hop {
  readonly from: number;
  readonly step: Step;
}

/** A way through the graph: its steps and the state after each. */
interface Leg {
  readonly steps: readonly Step[];
  readonly states: readonly number[];
  readonly to: number;
}

/** Breadth-first search from a state, through `within`, to the first state or step that is wanted. */
function walk(
  graph: Graph,
  from: number,
  within: (state: number) => boolean,
  wanted: (step: Step, to: number) => boolean,
): Leg | undefined {
  const hops = new Map<number, Hop>();
  const queue = [from];
  for (const state of queue) {
    // Listed before any is judged: to judge one may take a look at the graph, which is not possible within a visit.
    const edges: { readonly step: Step; readonly to: number }[] = [];
    graph.successors(state, (step, to) => {
      if (within(to)) edges.push({ step, to });
    });
    const found = edges.find(({ step, to }) => wanted(step, to));
    if (found !== undefined) {
      const { steps, states } = wayBack(hops, from, state);
      return { steps: [...steps, found.step], states: [...states, found.to], to: found.to };
    }
    for (const { step, to } of edges) {
      if (to === from || hops.has(to)) continue;
      hops.set(to, { from: state, step });
      queue.push(to);
    }
  }
  return undefined;
}

function wayBack(hops: ReadonlyMap<number, Hop>, from: number, to: number): Omit<Leg, 'to'> {
  const steps: Step[] = [];
  const states: number[] = [];
  for (let at = to; at !== from;) {
    const hop = hops.get(at) as Hop;
    steps.push(hop.step);
    states.push(at);
    at = hop.from;
  }
  return { steps: steps.reverse(), states: states.reverse() };
}

/**
 * A fair run on which an `eventually` never holds, with a stem as short as possible; undefined when every fair run comes to a state in
 * which it does (or ends, which ending.ts judges).
 * @param marks 1 for states in which it holds
 */
export function lassoWithout(graph: Graph, marks: Ints, fairness: Fairness): Lasso | undefined {
  if (marks.at(0) === 1) return undefined;
  const within = (state: number): boolean => marks.at(state) === 0 && state < graph.expanded;
  const concerns = new Concerns(graph);
  const traps = fairTraps(graph, concerns, within, [0], fairness);
  if (traps.length === 0) return undefined;
  const entry = (state: number): Trap | undefined => traps.find(({ states }) => states.has(state));
  const stem = entry(0)
    ? { steps: [], to: 0 }
    : walk(graph, 0, within, (_step, to) => entry(to) !== undefined);
  const trap = stem && entry(stem.to);
  if (stem === undefined || trap === undefined) return undefined;
  return { stem: stem.steps, cycle: cycleIn(graph, concerns, trap, stem.to, fairness) };
}

/**
 * A tour through a trap, back to where it began, that is fair: it does all that is due. Under weak fairness it also comes, for everything else
 * that it could do where it stands and does not, to a state in which that is not possible.
 */
class Tour {
  readonly steps: Step[] = [];
  #at: number;
  readonly #graph: Graph;
  readonly #concerns: Concerns;
  readonly #trap: Trap;
  readonly #start: number;
  readonly #visited: Set<number>;

  constructor(graph: Graph, concerns: Concerns, trap: Trap, start: number) {
    this.#graph = graph;
    this.#concerns = concerns;
    this.#trap = trap;
    this.#start = start;
    this.#at = start;
    this.#visited = new Set([start]);
  }

  take(fairness: Fairness): void {
    for (const concerned of this.#trap.due)
      if (!this.#does(concerned)) this.#go((step) => this.#concerns.of(step.id) === concerned);
    if (fairness === 'weak') this.#findRelief();
    if (this.#at !== this.#start || this.steps.length === 0) this.#go((_step, to) => to === this.#start);
  }

  #findRelief(): void {
    for (const concerned of this.#possible(this.#at)) {
      const isRelief = (state: number): boolean => !this.#possible(state).has(concerned);
      if (this.#does(concerned) || [...this.#visited].some(isRelief)) continue;
      this.#go((_step, to) => isRelief(to));
    }
  }

  #does(concerned: number): boolean {
    return this.steps.some((step) => this.#concerns.of(step.id) === concerned);
  }

  #possible(state: number): Set<number> {
    const possible = new Set<number>();
    this.#graph.successors(state, (step) => possible.add(this.#concerns.of(step.id)));
    possible.delete(-1);
    return possible;
  }

  #go(wanted: (step: Step, to: number) => boolean): void {
    const within = (state: number): boolean => this.#trap.states.has(state);
    const leg = walk(this.#graph, this.#at, within, wanted);
    if (leg === undefined) return;
    this.steps.push(...leg.steps);
    for (const state of leg.states) this.#visited.add(state);
    this.#at = leg.to;
  }
}

function cycleIn(graph: Graph, concerns: Concerns, trap: Trap, start: number, fairness: Fairness): Step[] {
  const tour = new Tour(graph, concerns, trap, start);
  tour.take(fairness);
  return tour.steps;
}
