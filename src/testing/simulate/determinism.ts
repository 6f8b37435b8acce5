import { keyOf } from '../../kernel/key.ts';
import { seeded } from '../random.ts';
import type { System } from '../model/spec.ts';
import type { Trace, TraceStep } from '../model/trace.ts';
import type { Plan } from './options.ts';
import { perform } from './perform.ts';

/** Actions of a run that are compared. */
const LENGTH = 200;

const keyOfStep = ({ action, output, state: { actors } }: TraceStep): string =>
  keyOf([
    action,
    output,
    Object.values(actors).map(({ status, value, context, timers }): unknown[] => [
      status,
      value,
      context,
      timers,
    ]),
  ]);

/** The beginning of a run up to where it is not the same when it is performed again; undefined when it is. */
export function divergence(system: System, plan: Plan, seed: number): Trace | undefined {
  const [one, other] = [traceOf(system, plan, seed), traceOf(system, plan, seed)];
  if (one === undefined || other === undefined) return undefined;
  if (keyOf([one.opening, one.initial.history]) !== keyOf([other.opening, other.initial.history]))
    return { ...one, steps: [] };
  const length = Math.max(one.steps.length, other.steps.length);
  for (let at = 0; at < length; at++) {
    const [step, again] = [one.steps[at], other.steps[at]];
    if (step === undefined || again === undefined || keyOfStep(step) !== keyOfStep(again))
      return { ...one, steps: one.steps.slice(0, at + 1) };
  }
  return undefined;
}

const traceOf = (system: System, plan: Plan, seed: number): Trace | undefined =>
  perform(system, { ...plan, steps: Math.min(plan.steps, LENGTH) }, seeded(seed), {
    witnessed: new Set(),
    taken: new Set(),
    traced: true,
  }).trace;
