import { isTroupeError } from '../../errors.ts';
import type { System } from '../model/spec.ts';
import type { Trace } from '../model/trace.ts';
import { seeded } from '../random.ts';
import type { Tape } from './dice.ts';
import type { Plan } from './options.ts';
import { perform, type Performance } from './perform.ts';
import type { Failure, Size } from './report.ts';
import { faultsOf, Shrinker } from './shrink.ts';
import { encodeToken } from './token.ts';

/** Where a property failed. */
export interface Site {
  readonly property: string;
  readonly run: number;
  readonly seed: number;
}

const nobody = (): { witnessed: Set<string>; taken: Set<never> } => ({
  witnessed: new Set(),
  taken: new Set(),
});

const sizeOf = (run: Performance): Size => ({ faults: faultsOf(run), steps: run.steps, time: run.time });

/** The failing run, made smaller, with what makes it happen again; undefined when it does not fail again. */
export function failureAt(system: System, plan: Plan, site: Site, attempts: number): Failure | undefined {
  const closely: Plan = { ...plan, check: 1 };
  const watching = { ...nobody(), only: site.property, noted: true };
  const original = perform(system, closely, seeded(site.seed), watching);
  if (original.failed === undefined) return undefined;
  // A longer run is no better, unless it has fewer faults; twice as long is long enough to tell.
  const short: Plan = { ...closely, steps: Math.min(plan.steps, 2 * original.steps) };
  const shrinker = new Shrinker(original, (tape) => attempt(system, short, tape, site.property), attempts);
  const shrunk = shrinker.run();
  return {
    ...site,
    original: sizeOf(original),
    shrunk: sizeOf(shrunk),
    attempts: shrinker.attempts,
    ...shown(system, closely, shrunk.tape),
  };
}

/** The part of a failure that shows it, from the tape of the run. */
export function shown(system: System, plan: Plan, tape: Tape): Pick<Failure, 'trace' | 'actions' | 'token'> {
  const { trace } = perform(system, plan, tape, { ...nobody(), traced: true });
  const found = trace as Trace;
  return {
    trace: found,
    actions: found.steps.map(({ action }) => action),
    token: encodeToken({ system: system.name, plan, tape }),
  };
}

/** A smaller run may bring the functions of a model where they do not expect to be: that is no smaller failure. */
function attempt(system: System, plan: Plan, tape: Tape, only: string): Performance | undefined {
  try {
    const run = perform(system, plan, tape, { ...nobody(), only });
    return run.failed === undefined ? undefined : run;
  } catch (error) {
    if (isTroupeError(error)) return undefined;
    throw error;
  }
}
