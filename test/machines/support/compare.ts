import type { AnyActorLogic, AnyStateMachine, EventObject } from 'xstate';
import { isDeepStrictEqual } from 'node:util';
import { build } from './build-chart.ts';
import type { Count } from './chart-words.ts';
import { Draw } from './draw.ts';
import { guarded, Interpreted } from './interpreted.ts';
import type { Observed, Stimulus } from './observed.ts';
import { eventTypes, randomChart, type Chart } from './random-chart.ts';
import { stimuli, Stepped, within } from './stepped.ts';

/** What XState and the kernel make of the same thing, where they differ. */
export interface Difference {
  readonly after: readonly Stimulus[];
  readonly xstate: Observed;
  readonly kernel: Observed;
}

/** `endless` and `orphaned`: where the kernel differs from XState on purpose (E8 and E6 of src/kernel/live.ts). */
export type Verdict = 'same' | 'endless' | 'orphaned' | Difference;

/** What happens next, given the kernel's state; undefined: no more. */
export type Next = (stepped: Stepped, at: number) => Stimulus | undefined;

export function compare(interpreted: Interpreted, input: unknown, logic: AnyActorLogic, next: Next): Verdict {
  const after: Stimulus[] = [];
  let xstate = interpreted.start(input);
  // Not before XState has come to an end: the kernel's own bound is far away.
  let stepped: Stepped | undefined = undefined;
  for (;;) {
    if (interpreted.endless) return 'endless';
    if (interpreted.orphaned) return 'orphaned';
    const stimulus = after.at(-1);
    const before: Stepped = (stepped ??= new Stepped(logic, input));
    const kernel = stimulus === undefined ? before.last : before.do(stimulus);
    if (!isDeepStrictEqual(xstate, kernel)) return { after, xstate, kernel };
    const following = next(before, after.length);
    if (following === undefined) return 'same';
    after.push(following);
    xstate = interpreted.do(following);
  }
}

/** One event of those every random chart may handle, a timer, or the end of some work; now and then for a child. */
export function drawn(draw: Draw, { state }: Pick<Stepped, 'state'>): Stimulus {
  const others = stimuli(state);
  if (others.length > 0 && draw.chance(0.35)) return draw.of(others);
  const path = draw.chance(0.15) ? draw.of(within(state, [])).path : [];
  const type = draw.of(eventTypes);
  const event = { type, hops: 3, ...(draw.chance(0.3) ? { replyTo: 'asker' } : {}) } as EventObject;
  return { kind: 'send', path, event };
}

export interface Run {
  readonly chart: Chart;
  readonly verdict: Verdict;
  /** The kind of each effect that was compared. */
  readonly effects: readonly string[];
}

export const steps = 12;

export function compareChart(chart: Chart, next: Next, count?: Count): Verdict {
  let machine: AnyStateMachine | undefined = undefined;
  const interpreted: Interpreted = new Interpreted(() => {
    machine = build(chart, interpreted.heard, guarded, count);
    return machine;
  });
  const logic = build(chart, () => undefined) as unknown as AnyActorLogic;
  return compare(interpreted, 1, logic, next);
}

/** A random chart under random events, once in XState and once in the kernel. */
export function run(seed: number, count?: Count): Run {
  const draw = new Draw(seed);
  const chart = randomChart(draw);
  const effects: string[] = [];
  const next: Next = (stepped, at) => {
    effects.push(...stepped.last.effects.map((effect) => (effect as [unknown, string])[1]));
    return at < steps ? drawn(draw, stepped) : undefined;
  };
  return { chart, verdict: compareChart(chart, next, count), effects };
}
