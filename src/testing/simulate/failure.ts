import { isTroupeError } from '../../errors.ts';
import type { Random } from '../../ports.ts';
import type { System } from '../model/spec.ts';
import type { Trace } from '../model/trace.ts';
import { seeded, seedOf } from '../random.ts';
import type { Tape } from './dice.ts';
import type { Plan } from './options.ts';
import { perform, type Performance } from './perform.ts';
import type { Failure, Size } from './report.ts';
import { faultsOf, isSmaller, Shrinker } from './shrink.ts';
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

/** Other runs that are tried, for one of them may fail and lead to a smaller one. */
const SEARCH = 500;

/** The failing run, made smaller, with what makes it happen again; undefined when it does not fail again. */
export function failureAt(system: System, plan: Plan, site: Site, limit: number): Failure | undefined {
  const closely: Plan = { ...plan, check: 1 };
  const original = failing(system, closely, seeded(site.seed), site.property);
  if (original === undefined) return undefined;
  const { best, attempts } = smallest(system, closely, site, original, limit);
  return {
    ...site,
    original: sizeOf(original),
    shrunk: sizeOf(best),
    attempts,
    ...shown(system, closely, best.tape),
  };
}

/**
 * Shrinking ends where no small change makes a run smaller; another run that fails may end lower. So runs of other seeds are
 * tried as well, and those that fail are shrunk in turn.
 */
function smallest(
  system: System,
  plan: Plan,
  { property, seed }: Site,
  original: Performance,
  limit: number,
): { readonly best: Performance; readonly attempts: number } {
  let attempts = 0;
  // A longer run is no better, unless it has fewer faults; twice as long is long enough to tell.
  const short = ({ steps }: Performance): Plan => ({ ...plan, steps: Math.min(plan.steps, 2 * steps) });
  const shrink = (run: Performance): Performance => {
    const shrinker = new Shrinker(
      run,
      (tape) => failing(system, short(run), tape, property),
      limit - attempts,
    );
    const shrunk = shrinker.run();
    attempts += shrinker.attempts;
    return shrunk;
  };
  let best = shrink(original);
  for (let number = 1; attempts < limit && number <= SEARCH; number++) {
    attempts += 1;
    const other = failing(system, short(original), seeded(seedOf(seed, number)), property);
    const shrunk = other && shrink(other);
    if (shrunk !== undefined && isSmaller(shrunk, best)) best = shrunk;
  }
  return { best, attempts };
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

/** The run, if the property fails in it. It may bring the functions of a model where they do not expect to be: that is no failure. */
function failing(system: System, plan: Plan, source: Random | Tape, only: string): Performance | undefined {
  try {
    const run = perform(system, plan, source, { ...nobody(), only, noted: true });
    return run.failed === undefined ? undefined : run;
  } catch (error) {
    if (isTroupeError(error)) return undefined;
    throw error;
  }
}
