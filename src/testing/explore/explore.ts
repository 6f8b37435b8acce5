import { systemClock, type Clock } from '../../ports.ts';
import { defineSystem, type System } from '../model/spec.ts';
import { resolveBounds, type Bounds, type StoppedBy } from './bounds.ts';
import { explain } from './explain.ts';
import { checkIntact } from './intact.ts';
import { DETERMINISM } from './judge.ts';
import { processMemory, type Memory } from './memory.ts';
import { Model } from './model.ts';
import { Ample } from './reduction/ample.ts';
import { Search, type Status } from './search.ts';
import { Symmetry } from './symmetry/symmetry.ts';
import { verdictsOf } from './verdicts.ts';
import { vacuityOf } from './vacuity.ts';
import type { Exploration } from './verdict.ts';

export interface ExploreOptions extends Partial<Bounds> {
  /** End at the first property that fails. Default false: go on until every property is decided in all states. */
  readonly failFast?: boolean;
  /** Say what the states consist of, also when the search was not stopped by a bound. Default false. */
  readonly explain?: boolean;
  /**
   * States that differ only in the names of actors which `system.symmetry` calls alike count as one. Default false. What goes round for
   * ever is then not looked for: an `eventually` that no finite run violates is not decided.
   */
  readonly symmetry?: boolean;
  /**
   * Leave out orders of independent steps that no property can tell apart (reduction/ample.ts); properties say with `about` which actors they
   * look at. Default false. A run that is shown need then not be a shortest one, and what goes round for ever is not looked for.
   */
  readonly partialOrder?: boolean;
  /** Told about twice a second. */
  readonly onProgress?: (status: Status) => void;
  /** For `maxSeconds` and the `seconds` of the verdict. Default: the machine's. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Default: that of this process. */
  readonly memory?: Memory;
}

/**
 * Look at every state a system can get into, breadth first and without a mistake (no state is told from another by a hash alone), so
 * what violates a property does so in as few steps as possible. Charts are asked once for each of their own states and stimuli, not
 * for each state of the system. Two properties come with every system: `no actor fails` (a guard, an `assign` that throws, a chart in
 * status `error`) and `every actor is deterministic` (where it is asked again, it decides the same: samples.ts).
 * @throws TroupeError INVALID_OPTION; PROPERTY_FAILED or MODEL_FAILED, with the way to the state, when a property or another function
 * of the model throws; MODEL_FAILED also when one changes a state it is shown; UNSERIALIZABLE for a state or message that contains itself
 */
export function explore(system: System, options: ExploreOptions = {}): Exploration {
  const { clock = systemClock, memory = processMemory, failFast = false, onProgress } = options;
  const model = new Model(defineSystem(system));
  const bounds = resolveBounds(options);
  const groups = options.symmetry === true ? (system.symmetry ?? []) : [];
  const symmetry = groups.length === 0 ? undefined : new Symmetry(model, groups);
  const ample = options.partialOrder === true ? Ample.of(model) : undefined;
  const search = new Search(model, { bounds, clock, memory, failFast, onProgress, symmetry, ample });
  const graph = search.run();
  const { stoppedBy, generated, judge } = search;
  // A chart that does so itself is shown with a run; a look at states that fill the memory would take more of it.
  if (stoppedBy !== 'memory' && !judge.found.has(DETERMINISM)) checkIntact(model);
  const properties = verdictsOf(graph, search);
  const witnessed = new Set(properties.filter(({ holds }) => holds === true).map(({ name }) => name));
  return {
    model: system.name,
    distinctStates: graph.size,
    generatedStates: generated,
    depth: graph.space.path(graph.size - 1).length,
    ok: properties.every(({ holds }) => holds === true),
    complete: stoppedBy === undefined,
    ...(stoppedBy === undefined ? {} : { stoppedBy }),
    seconds: search.seconds,
    properties,
    vacuity: vacuityOf(model, witnessed),
    ...(options.explain === true || isBound(stoppedBy) ? { explanation: explain(model) } : {}),
  };
}

const isBound = (stoppedBy: StoppedBy | undefined): boolean =>
  stoppedBy !== undefined && stoppedBy !== 'failure';
