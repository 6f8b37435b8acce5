import type { EventObject } from 'xstate';
import type { Outcome } from '../../kernel/step.ts';
import type { ActorView } from '../model/view.ts';

/** A timer of a path's step that is to run out. */
export interface TimerMove {
  /** Ids of the children from the machine down to whose timer it is; empty for its own. */
  readonly path: readonly string[];
  readonly id: string;
  /** ms from when it was set. */
  readonly delay: number;
  readonly event: EventObject;
}

/** Work of a path's step that is to end. */
export interface WorkMove {
  readonly path: readonly string[];
  readonly src: string;
  readonly outcome: Outcome;
}

/** What can be seen of a system under test; only what is there is compared with what the chart says. */
export interface Observation {
  readonly status?: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
  /** Ids of the work and actors below it, sorted. */
  readonly children?: readonly string[];
  /** Timers that run: `id` or `child/id`, and ms, sorted. */
  readonly timers?: readonly string[];
  /** Messages it sent in this step: to whom and what, in order. */
  readonly said?: readonly { readonly to: string; readonly event: unknown }[];
  /** What it emitted in this step, in order. */
  readonly emitted?: readonly EventObject[];
}

/**
 * A system under test: anything that can be started, told events and looked at. `T` is one run of it; each path has its own.
 *
 * Ready-made: `actorSut` (a live XState actor), `refSut` (an actor of a Troupe system, here or elsewhere), `classSut` (a plain class).
 */
export interface Sut<T = unknown> {
  start(): T | Promise<T>;
  send(run: T, event: EventObject): unknown;
  /** Let a timer run out. Without it, a path with a timer fails. */
  fire?(run: T, timer: TimerMove): unknown;
  /** Let work end. Without it, a path on which work ends fails. */
  settle?(run: T, work: WorkMove): unknown;
  /** What it shows now. `expected` is what the chart says: wait for it where the system needs time. */
  observe?(run: T, expected: Required<Observation>): Observation | Promise<Observation>;
  /** An assertion of the user's own; throws where the run is not in this state. */
  check?(run: T, expected: ActorView): unknown;
  stop?(run: T): unknown;
}
