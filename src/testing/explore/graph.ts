import type { Model } from './model.ts';
import type { Space } from './space.ts';
import type { Step } from './step.ts';
import type { Symmetry } from './symmetry/symmetry.ts';

interface Reductions {
  readonly symmetry?: Symmetry | undefined;
  readonly ample?: object | undefined;
}

/**
 * The states that a search has found, with the steps between them. Steps are not kept: they are taken again when they are asked for,
 * which costs far less than the first time (all reactions are known).
 */
export class Graph {
  readonly model: Model;
  readonly space: Space;
  /** States below this number were expanded: all their successors within the boundary are in the graph. */
  readonly expanded: number;
  /** Do states stand for others, or are steps left out? */
  readonly reduced: boolean;
  readonly #symmetry: Symmetry | undefined;
  readonly #vector: Int32Array;

  constructor(model: Model, space: Space, expanded: number, { symmetry, ample }: Reductions = {}) {
    this.#symmetry = symmetry;
    this.reduced = symmetry !== undefined || ample !== undefined;
    this.model = model;
    this.space = space;
    this.expanded = expanded;
    this.#vector = model.initial.slice();
  }

  get size(): number {
    return this.space.size;
  }

  /** Steps to states of the graph. Not to be called within a visit. */
  successors(state: number, visit: (step: Step, to: number) => void): void {
    this.space.read(state, this.#vector);
    this.model.successors(this.#vector, (step) => {
      this.#symmetry?.canonicalize(this.model.next);
      const to = this.space.find(this.model.next);
      if (to >= 0) visit(step, to);
    });
  }

  /** The steps by which breadth-first search first reached a state; there is no shorter way. */
  way(state: number): Step[] {
    return this.space
      .path(state)
      .slice(1)
      .map((at) => this.model.tables.steps.at(this.space.steps.at(at)));
  }

  /** Steps of the graph as steps of the system: where states stand for others, the way the system really takes. */
  real(steps: readonly Step[]): readonly Step[] {
    return this.#symmetry?.concrete(steps) ?? steps;
  }
}
