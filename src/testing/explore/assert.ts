import { TroupeError } from '../../errors.ts';
import type { System } from '../model/spec.ts';
import { toSteps } from '../report/numbered.ts';
import { explore, type ExploreOptions } from './explore.ts';
import type { Exploration, PropertyVerdict } from './verdict.ts';

/**
 * As `explore`, for a test: throws what a person wants to read.
 * @throws TroupeError PROPERTY_FAILED with a run for each property that fails; also where a `sometimes` was never reached, or a bound stopped
 * the search before all was decided; as `explore`
 */
export function assertSystem(system: System, options: ExploreOptions = {}): Exploration {
  const found = explore(system, options);
  if (found.ok) return found;
  const failing = found.properties.filter(({ holds }) => holds !== true);
  const head = `${found.model}: ${found.distinctStates} states, ${failing.length} of ${found.properties.length} properties do not hold`;
  throw new TroupeError('PROPERTY_FAILED', [head, ...failing.map(textOf)].join('\n\n'), {
    data: { properties: failing.map(({ name }) => name) },
  });
}

function textOf({ name, kind, holds, steps, trace }: PropertyVerdict): string {
  if (trace !== undefined) return `"${name}" fails after ${steps} steps:\n${toSteps(trace)}`;
  return holds === null && kind !== 'sometimes'
    ? `"${name}" is not decided: the search was stopped`
    : `"${name}" was never reached`;
}
