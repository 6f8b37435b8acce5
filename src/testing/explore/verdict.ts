import type { PropertyKind } from '../model/spec.ts';
import type { Trace } from '../model/trace.ts';
import type { StoppedBy } from './bounds.ts';
import type { Explanation } from './explain.ts';
import type { Vacuity } from './vacuity.ts';

export interface PropertyVerdict {
  readonly name: string;
  readonly kind: PropertyKind;
  /** null: not known, because the search was stopped before it was decided. */
  readonly holds: boolean | null;
  /** Length of `trace`; null without one. */
  readonly steps: number | null;
  /** A shortest run that violates an `always` or `eventually`, or that is witness of a `sometimes`. */
  readonly trace?: Trace;
}

/** What a search has found out about a system. */
export interface Exploration {
  /** Name of the system. */
  readonly model: string;
  readonly distinctStates: number;
  /** The initial state and every successor within the boundary, also those found before (as TLC counts). */
  readonly generatedStates: number;
  /** States on the longest of the shortest paths; 1 when there is only the initial state. */
  readonly depth: number;
  /** Is every property known to hold? */
  readonly ok: boolean;
  /** Were all states within the boundary looked at? */
  readonly complete: boolean;
  readonly stoppedBy?: StoppedBy;
  readonly seconds: number;
  /** The two that every system has first, then those of the system in its order. */
  readonly properties: readonly PropertyVerdict[];
  readonly vacuity: Vacuity;
  /** What the states consist of; when it was asked for, or a bound stopped the search. */
  readonly explanation?: Explanation;
}
