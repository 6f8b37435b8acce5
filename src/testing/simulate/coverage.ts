import { keyOf } from '../../kernel/key.ts';
import type { TakenTransition } from '../../kernel/effect.ts';
import { transitionsOf, type ChartTransition } from '../explore/transitions.ts';
import type { System } from '../model/spec.ts';

/** Which transitions of the charts of a system were taken; actors of one chart cover it together. */
export interface Coverage {
  readonly total: number;
  readonly untaken: readonly ChartTransition[];
}

export function coverageOf({ actors }: System, taken: ReadonlySet<TakenTransition>): Coverage {
  const all = new Map<string, ChartTransition>();
  const covered = new Set<string>();
  for (const logic of new Set(Object.values(actors).map((spec) => spec.logic)))
    for (const [place, transition] of transitionsOf(logic)) {
      const key = keyOf(place);
      all.set(key, place);
      if (taken.has(transition)) covered.add(key);
    }
  const untaken = [...all].filter(([key]) => !covered.has(key)).map(([, place]) => place);
  return { total: all.size, untaken };
}
