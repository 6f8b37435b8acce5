import type { Taken, TakenTransition } from '../../kernel/effect.ts';

/** Reactions of each actor, and by each transition of a chart, that are all asked again, count. */
const FIRST = 8;
/** Of the others, one in so many. */
const STRIDE = 16;

/**
 * Which reactions are asked again to see whether the chart decides the same. To ask all of them doubles what charts cost, which is most of
 * the time of a small search. The actions and guards of a transition are the same code each time it is taken, so the first times tell most.
 */
export class Samples {
  /** Reactions seen, by place of the actor and by transition. */
  readonly #seen = new Map<number | TakenTransition, number>();
  #passed = 0;

  isDue(slot: number, taken: readonly Taken[]): boolean {
    let due = this.#count(slot);
    for (const { transition } of taken) if (this.#count(transition)) due = true;
    if (due) return true;
    this.#passed += 1;
    return this.#passed % STRIDE === 0;
  }

  /** Is it one of the first? */
  #count(what: number | TakenTransition): boolean {
    const seen = this.#seen.get(what) ?? 0;
    if (seen < FIRST) this.#seen.set(what, seen + 1);
    return seen < FIRST;
  }
}
