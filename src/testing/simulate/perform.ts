import type { Taken, TakenTransition } from '../../kernel/effect.ts';
import type { Random } from '../../ports.ts';
import type { Action } from '../model/action.ts';
import type { System } from '../model/spec.ts';
import type { Output, Trace, TraceStep } from '../model/trace.ts';
import type { SystemState } from '../model/view.ts';
import { Dice, type Tape } from './dice.ts';
import { Judge, NO_FAILURE, propertiesOf } from './judge.ts';
import type { Plan, SimulatedFault } from './options.ts';
import { Run, type Ending, type Spectator } from './run.ts';
import type { Stage } from './stage.ts';
import type { Counts } from './tally.ts';
import { MS } from './time.ts';
import { openingLine, stepLine } from './transcript.ts';

export interface Watching {
  /** Judge this property alone. */
  readonly only?: string | undefined;
  /** `sometimes` that have a witness; those that get one are added. */
  readonly witnessed: Set<string>;
  /** Transitions that were taken; new ones are added. */
  readonly taken: Set<TakenTransition>;
  /** Keep what was decided. */
  readonly noted?: boolean;
  readonly traced?: boolean;
  readonly transcript?: ((line: string) => void) | undefined;
}

/** One run that has been performed. */
export interface Performance {
  /** The property that failed. */
  readonly failed: string | undefined;
  /** `eventually` that held at no time. */
  readonly pending: readonly string[];
  readonly ending: Ending;
  readonly steps: number;
  /** Virtual time at its end, ms. */
  readonly time: number;
  readonly counts: Counts;
  readonly used: Readonly<Partial<Record<SimulatedFault, number>>>;
  readonly tape: Tape;
  readonly trace?: Trace;
}

/** Perform a run of the system, as the dice or a tape have it. */
export function perform(system: System, plan: Plan, source: Random | Tape, watching: Watching): Performance {
  const dice = new Dice(source, watching.noted === true);
  const audience = new Audience(system, plan, watching);
  const run = new Run(system, plan, dice, audience);
  const ending = run.go();
  audience.close(run.stage, ending);
  audience.judge.end(run.stage, ending, plan.check === 1);
  const { judge, trace } = audience;
  const { used } = run.perils;
  return {
    failed: judge.failed,
    pending: judge.pending.map(({ name }) => name),
    ending,
    steps: run.steps,
    time: run.now / MS,
    counts: { ...run.counts, reordered: used.reorder ?? 0, delayed: used.delay ?? 0 },
    used,
    tape: dice.tape(),
    ...(trace === undefined ? {} : { trace }),
  };
}

/** Looks at a run in the ways that are asked for. */
class Audience implements Spectator {
  readonly judge: Judge;
  readonly #system: System;
  readonly #watching: Watching;
  readonly #interval: number;
  readonly #steps: TraceStep[] = [];
  #initial: SystemState | undefined;
  #opening: Output | undefined;
  #unseen = 0;

  constructor(system: System, { check }: Plan, watching: Watching) {
    const { only, witnessed } = watching;
    const errors = only === undefined || only === NO_FAILURE;
    this.judge = new Judge(propertiesOf(system, only), errors, witnessed);
    this.#system = system;
    this.#watching = watching;
    this.#interval = check;
  }

  get trace(): Trace | undefined {
    if (this.#initial === undefined || this.#opening === undefined) return undefined;
    return {
      system: this.#system.name,
      initial: this.#initial,
      opening: this.#opening,
      steps: this.#steps,
    };
  }

  opened(stage: Stage, opening: Output): boolean {
    const { traced, transcript } = this.#watching;
    if (traced === true) {
      this.#initial = stage.copy();
      this.#opening = opening;
    }
    transcript?.(openingLine(opening));
    return this.judge.see(stage, stage.failed);
  }

  happened(stage: Stage, action: Action, output: Output, time: number): boolean {
    const { traced, transcript } = this.#watching;
    if (traced === true) this.#steps.push({ action, output, state: stage.copy(), time: time / MS });
    transcript?.(stepLine(action, output, time / MS));
    this.#unseen += 1;
    if (this.#unseen < this.#interval) return false;
    this.#unseen = 0;
    return this.judge.see(stage, stage.failed);
  }

  /** The run is over: its last state is looked at, unless that is beyond the system's boundary. */
  close(stage: Stage, ending: Ending): void {
    if (this.#unseen > 0 && ending !== 'boundary') this.judge.see(stage, stage.failed);
  }

  took(taken: readonly Taken[]): void {
    for (const { transition } of taken) this.#watching.taken.add(transition);
  }
}
