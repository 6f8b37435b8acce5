import { TroupeError } from '../../errors.ts';
import type { System } from '../model/spec.ts';
import { toSteps } from '../report/numbered.ts';
import type { SimulateOptions } from './options.ts';
import type { Simulation } from './report.ts';
import { simulate } from './simulate.ts';

/**
 * As `simulate`, for a test: throws what a person wants to read.
 * @throws TroupeError PROPERTY_FAILED with the shrunk run and the token that repeats it; as `simulate`
 */
export function assertSimulation(system: System, options: SimulateOptions = {}): Simulation {
  const found = simulate(system, options);
  const { failure } = found;
  if (failure === undefined) return found;
  const { property, run, seed, token, trace } = failure;
  const head = `${found.model}: "${property}" fails in run ${run} (seed ${seed}), shrunk to ${trace.steps.length} steps`;
  throw new TroupeError(
    'PROPERTY_FAILED',
    `${head}:\n${toSteps(trace)}\n\nTo see this run again: { replay: '${token}' }`,
    { data: { property, token, seed } },
  );
}
