import { and, type AnyActorLogic, type AnyStateMachine } from 'xstate';
import type { Taken, TakenTransition } from '../../kernel/effect.ts';
import {
  guardText,
  isChart,
  nodesOf,
  placesOf,
  rootOf,
  transitionText,
  transitionsOf,
  type ChartNode,
  type ChartTransition,
} from './chart.ts';

/** XState's own form of a combined guard: `check` evaluates it. Not in its public types. */
interface Check {
  (): boolean;
  check(snapshot: unknown, args: unknown, self: unknown): boolean;
}

const none: readonly number[] = Object.freeze([]);

/**
 * A machine that tells which of its transitions are taken and how each of their guards comes out. It is a copy: the guards of the
 * user's own machine stay as they are.
 *
 * Transitions have numbers, in document order; an outcome of guard `n` is `2 * n + (passed ? 1 : 0)`. Charts that the machine invokes get
 * numbers when they are first seen; of them, transitions are known and guards are not.
 */
export class Observed {
  readonly logic: AnyActorLogic;
  readonly labels: string[] = [];
  /** By transition: the id of the state it leaves. */
  readonly sources: string[] = [];
  /** Numbers of the machine's own guarded transitions. */
  readonly guarded: number[] = [];
  /** How many of the transitions are the machine's own; the others are of charts it invokes. */
  readonly own: number;
  readonly #numbers = new Map<TakenTransition, number>();
  readonly #roots = new Set<ChartNode>();
  readonly #alone: (readonly number[])[] = [];
  #outcomes: number[] = [];

  constructor(logic: AnyActorLogic) {
    this.logic = isChart(logic) ? this.#observe(logic) : logic;
    this.own = this.labels.length;
  }

  /** The machine's states that can be active, by id. */
  places(): readonly string[] {
    return isChart(this.logic) ? placesOf(rootOf(this.logic)).map(({ id }) => id) : [];
  }

  /** Event descriptors of the machine. */
  types(): readonly string[] {
    if (!isChart(this.logic)) return [];
    return [
      ...new Set(nodesOf(rootOf(this.logic)).flatMap(({ transitions }) => [...transitions.keys()])),
    ].filter((type) => type !== '');
  }

  numbersOf(taken: readonly Taken[]): readonly number[] {
    const [first] = taken;
    if (first === undefined) return none;
    if (taken.length > 1) return taken.map(({ transition }) => this.#number(transition));
    // Most steps take one transition: one list for all of them.
    const number = this.#number(first.transition);
    return (this.#alone[number] ??= [number]);
  }

  /** Outcomes of the guards since the last call, each once. */
  outcomes(): readonly number[] {
    if (this.#outcomes.length === 0) return none;
    const seen = this.#outcomes;
    this.#outcomes = [];
    return seen.length === 1 ? seen : [...new Set(seen)];
  }

  #number(transition: TakenTransition): number {
    const known = this.#numbers.get(transition);
    if (known !== undefined) return known;
    this.#enlist((transition.source as unknown as ChartNode).machine.root);
    return this.#numbers.get(transition) ?? -1;
  }

  #observe(machine: AnyStateMachine): AnyStateMachine {
    // `provide` builds all states anew, so what is changed here is only ours.
    const copy = machine.provide({});
    this.#enlist(rootOf(copy));
    for (const [transition, number] of this.#numbers as Map<unknown, number>)
      if ((transition as ChartTransition).guard !== undefined)
        this.#watch(transition as ChartTransition, number);
    return copy;
  }

  #enlist(root: ChartNode): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    for (const transition of nodesOf(root).flatMap(transitionsOf)) {
      const { guard } = transition;
      this.#numbers.set(transition as unknown as TakenTransition, this.labels.length);
      this.sources.push(transition.source.id);
      this.labels.push(
        this.#unique(transitionText(transition, guard === undefined ? undefined : guardText(guard))),
      );
    }
  }

  /** Two transitions may read the same, such as two with guards without a name. */
  #unique(label: string): string {
    const same = this.labels.filter((each) => each === label || each.startsWith(`${label} #`)).length;
    return same === 0 ? label : `${label} #${same + 1}`;
  }

  #watch(transition: ChartTransition, number: number): void {
    this.guarded.push(number);
    const original = and([transition.guard as never]) as unknown as Check;
    const watched = (): never => {
      throw new TypeError('A combined guard is evaluated by its check.');
    };
    transition.guard = Object.assign(watched, {
      check: (snapshot: unknown, args: unknown): boolean => {
        const passed = original.check(snapshot, args, original);
        this.#outcomes.push(2 * number + (passed ? 1 : 0));
        return passed;
      },
    });
  }
}
