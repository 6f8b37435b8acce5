import { childrenOf, statesOf, type Chart, type ChartState, type ChartTransition } from './chart.ts';

/** A transition that can never be taken, since one before it always is. */
export function shadowed(state: ChartState): ReadonlyMap<ChartTransition, ChartTransition> {
  const found = new Map<ChartTransition, ChartTransition>();
  const first = new Map<string, ChartTransition>();
  for (const transition of state.transitions) {
    const before = first.get(transition.event);
    if (before !== undefined) found.set(transition, before);
    else if (transition.guard === undefined) first.set(transition.event, transition);
  }
  return found;
}

/** Which states can be entered, if every event may come and every guard may pass. */
export class Reach {
  readonly entered = new Set<string>();
  readonly #states: ReadonlyMap<string, ChartState>;
  readonly #parents: ReadonlyMap<string, ChartState>;

  constructor(chart: Chart) {
    const all = statesOf(chart.root);
    this.#states = new Map(all.map((state) => [state.id, state] as const));
    this.#parents = new Map(
      all.flatMap((state) => childrenOf(state).map((child) => [child.id, state] as const)),
    );
    this.#enter(chart.root);
    for (let before = 0; before !== this.entered.size;) {
      before = this.entered.size;
      for (const state of all) if (this.entered.has(state.id)) this.#leave(state);
    }
  }

  parent(id: string): ChartState | undefined {
    return this.#parents.get(id);
  }

  #enter(state: ChartState): void {
    if (this.entered.has(state.id)) return;
    this.entered.add(state.id);
    const parent = this.#parents.get(state.id);
    if (parent !== undefined) this.#around(parent);
    if (state.type === 'compound') this.#enterId(state.initial.target);
    if (state.type === 'parallel') this.#regions(state);
    if (state.type === 'history') {
      for (const id of state.targets) this.#enterId(id);
      if (state.targets.length === 0 && parent?.type === 'compound') this.#enterId(parent.initial.target);
    }
  }

  #enterId(id: string): void {
    const state = this.#states.get(id);
    if (state !== undefined) this.#enter(state);
  }

  #regions(state: ChartState): void {
    for (const region of childrenOf(state)) if (region.type !== 'history') this.#enter(region);
  }

  /** What is entered from within is entered, but does not start at its initial state. */
  #around(state: ChartState): void {
    if (state.type === 'parallel') this.#regions(state);
    if (this.entered.has(state.id)) return;
    this.entered.add(state.id);
    const parent = this.#parents.get(state.id);
    if (parent !== undefined) this.#around(parent);
  }

  #leave(state: ChartState): void {
    const dead = shadowed(state);
    for (const transition of state.transitions) {
      if (dead.has(transition)) continue;
      if (transition.trigger.kind === 'state.done' && !this.canBeDone(state)) continue;
      for (const target of transition.targets) this.#enterId(target);
    }
  }

  /** Can it come to its end? */
  canBeDone(state: ChartState): boolean {
    if (state.type === 'final') return this.entered.has(state.id);
    if (state.type === 'compound') {
      return state.states.some((child) => child.type === 'final' && this.entered.has(child.id));
    }
    if (state.type !== 'parallel') return false;
    const regions = state.states.filter(({ type }) => type !== 'history');
    return regions.length > 0 && regions.every((region) => this.canBeDone(region));
  }
}
