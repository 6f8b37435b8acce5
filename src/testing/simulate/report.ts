import type { PropertyKind } from '../model/spec.ts';
import type { Action } from '../model/action.ts';
import type { Trace } from '../model/trace.ts';
import type { ChartTransition } from '../explore/transitions.ts';
import type { SimulatedFault } from './options.ts';
import type { Ending } from './run.ts';
import type { Counts } from './tally.ts';

/** How large a run is. */
export interface Size {
  /** Faults that happened. */
  readonly faults: number;
  /** Actions, faults among them. */
  readonly steps: number;
  /** Virtual time, ms. */
  readonly time: number;
}

/** A run in which a property failed. */
export interface Failure {
  readonly property: string;
  /** Which run of the simulation, from 0. */
  readonly run: number;
  /** Its own seed: `{ seed, runs: 1 }` and the other options the same perform it as it was before it was shrunk. */
  readonly seed: number;
  readonly original: Size;
  readonly shrunk: Size;
  /** Runs that were tried to make it smaller. */
  readonly attempts: number;
  /** What happened in the shrunk run. */
  readonly trace: Trace;
  readonly actions: readonly Action[];
  /** Makes the shrunk run happen again: option `replay`, or `troupe simulate FILE --replay TOKEN`. */
  readonly token: string;
}

export interface SimulatedVerdict {
  readonly name: string;
  readonly kind: PropertyKind;
  /**
   * `always`: false when it failed, else true for these runs; `sometimes`: true with a witness, else null; `eventually`: true when it
   * held at some time of every run, false when one came to rest without, null when a run was cut off before.
   */
  readonly holds: boolean | null;
}

/** What the runs never saw: they say nothing about it. */
export interface Unseen {
  /** `sometimes` properties without a witness. */
  readonly unreached: readonly string[];
  /** Transitions no actor with that chart ever took. */
  readonly untaken: readonly ChartTransition[];
  /** Faults with a budget in the system or the options that never happened. */
  readonly unused: readonly SimulatedFault[];
}

/** What a simulation has found out about a system. */
export interface Simulation {
  /** Name of the system. */
  readonly model: string;
  readonly seed: number;
  /** Runs that were performed: as many as were asked for, or up to the first that failed. */
  readonly runs: number;
  readonly steps: number;
  /** Virtual time of all runs, ms. */
  readonly time: number;
  /** Has no property failed? */
  readonly ok: boolean;
  readonly properties: readonly SimulatedVerdict[];
  readonly failure?: Failure;
  readonly counts: Readonly<Counts>;
  /** How many runs ended how. */
  readonly endings: Readonly<Partial<Record<Ending, number>>>;
  /** Transitions of all charts, and how many of them were taken. */
  readonly transitions: { readonly taken: number; readonly total: number };
  readonly vacuity: Unseen;
}
