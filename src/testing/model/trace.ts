import type { EventObject } from 'xstate';
import type { Action } from './action.ts';
import type { Sent, SystemState } from './view.ts';

/** What an actor said in a step. */
export interface Output {
  readonly sent: readonly Sent[];
  readonly emitted: readonly EventObject[];
}

/** An action, what it made the actors say, and the state it led to. */
export interface TraceStep {
  readonly action: Action;
  readonly output: Output;
  readonly state: SystemState;
  /** Virtual time of the step, ms; only in `simulate`. */
  readonly time?: number;
}

/**
 * One run of a system. `loop`: the last step leads back to the state before step `loop` (counted from 0), so what is from there on can
 * repeat for ever.
 */
export interface Trace {
  readonly system: string;
  readonly initial: SystemState;
  /** What the actors said when they started. */
  readonly opening: Output;
  readonly steps: readonly TraceStep[];
  readonly loop?: number;
}
