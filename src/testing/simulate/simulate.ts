import type { TakenTransition } from '../../kernel/effect.ts';
import type { Random } from '../../ports.ts';
import { defineSystem, type System } from '../model/spec.ts';
import type { Trace } from '../model/trace.ts';
import { seeded, seedOf } from '../random.ts';
import { coverageOf } from './coverage.ts';
import { divergence } from './determinism.ts';
import type { Tape } from './dice.ts';
import { failureAt, shown } from './failure.ts';
import { DETERMINISM, NO_FAILURE } from './judge.ts';
import { checkOptions, faultNames, planOf, type Plan, type SimulateOptions } from './options.ts';
import { perform, type Performance } from './perform.ts';
import type { Failure, SimulatedVerdict, Simulation } from './report.ts';
import type { Ending } from './run.ts';
import { faultsOf } from './shrink.ts';
import { addTo, noCounts } from './tally.ts';
import { decodeToken, encodeToken } from './token.ts';

const defaults = { seed: 0, runs: 100, shrink: 1_000 } as const;

/**
 * Run a system many times as a discrete-event simulation (the actors' own charts, in virtual time, over a network with the system's
 * faults), until a property fails or all runs are done. Everything that is open is decided by numbers that follow from one seed, so the
 * same seed and options give the same runs, on every machine. A failing run is shrunk, and its token makes it happen again.
 *
 * What a run does is possible in `explore` as well (with timers at `any` time), but for faults that the options allow beyond those of the
 * system. Where explore knows all runs, this knows a few: that nothing fails is no proof.
 * @throws TroupeError INVALID_OPTION; INVALID_TOKEN for `replay`; PROPERTY_FAILED or MODEL_FAILED when a property or another function of
 * the model throws
 */
export function simulate(system: System, options: SimulateOptions = {}): Simulation {
  checkOptions(options);
  const session = new Session(defineSystem(system), options);
  return options.replay === undefined ? session.runAll() : session.replay(options.replay);
}

class Session {
  readonly #system: System;
  readonly #options: SimulateOptions;
  readonly #plan: Plan;
  readonly #seed: number;
  readonly #witnessed = new Set<string>();
  readonly #taken = new Set<TakenTransition>();
  readonly #undecided = new Set<string>();
  readonly #used = new Set<string>();
  readonly #endings: Partial<Record<Ending, number>> = {};
  readonly #counts = noCounts();
  #runs = 0;
  #steps = 0;
  #time = 0;

  constructor(system: System, options: SimulateOptions) {
    this.#system = system;
    this.#options = options;
    this.#plan = planOf(system, options);
    this.#seed = options.seed ?? defaults.seed;
  }

  runAll(): Simulation {
    const { runs = defaults.runs } = this.#options;
    const wavering = divergence(this.#system, this.#plan, this.#seed);
    if (wavering !== undefined) return this.#summary(this.#wavering(0, this.#seed, wavering));
    for (let run = 0; run < runs; run++) {
      const seed = seedOf(this.#seed, run);
      const { failed } = this.#perform(this.#plan, seeded(seed));
      if (failed !== undefined) return this.#summary(this.#failure(failed, run, seed));
    }
    return this.#summary(undefined);
  }

  /** Perform the run of a token, and no other. It is small already. */
  replay(token: string): Simulation {
    const { plan, tape } = decodeToken(token, this.#system.name);
    const run = this.#perform(plan, tape);
    if (run.failed === undefined) return this.#summary(undefined);
    const size = { faults: faultsOf(run), steps: run.steps, time: run.time };
    return this.#summary({
      property: run.failed,
      run: 0,
      seed: this.#seed,
      original: size,
      shrunk: size,
      attempts: 0,
      ...shown(this.#system, plan, tape),
    });
  }

  #perform(plan: Plan, source: Random | Tape): Performance {
    const { transcript, record } = this.#options;
    const watching = {
      witnessed: this.#witnessed,
      taken: this.#taken,
      transcript,
      traced: record !== undefined,
    };
    const run = perform(this.#system, plan, source, watching);
    if (run.trace !== undefined) record?.(run.trace, this.#runs);
    this.#runs += 1;
    this.#steps += run.steps;
    this.#time += run.time;
    this.#endings[run.ending] = (this.#endings[run.ending] ?? 0) + 1;
    addTo(this.#counts, run.counts);
    for (const fault of Object.keys(run.used)) this.#used.add(fault);
    for (const name of run.pending) this.#undecided.add(name);
    return run;
  }

  #failure(property: string, run: number, seed: number): Failure {
    const { shrink = defaults.shrink } = this.#options;
    const found = failureAt(this.#system, this.#plan, { property, run, seed }, shrink);
    if (found !== undefined) return found;
    // It failed, and performed again it does not: whatever decided that was not the seed.
    const trace = divergence(this.#system, this.#plan, seed);
    return this.#wavering(run, seed, trace ?? this.#opening(seed));
  }

  #wavering(run: number, seed: number, trace: Trace): Failure {
    const size = { faults: 0, steps: trace.steps.length, time: trace.steps.at(-1)?.time ?? 0 };
    return {
      property: DETERMINISM,
      run,
      seed,
      original: size,
      shrunk: size,
      attempts: 0,
      trace,
      actions: trace.steps.map(({ action }) => action),
      token: encodeToken({ system: this.#system.name, plan: this.#plan, tape: {} }),
    };
  }

  #opening(seed: number): Trace {
    const watching = { witnessed: new Set<string>(), taken: new Set<never>(), traced: true };
    const { trace } = perform(this.#system, { ...this.#plan, steps: 1 }, seeded(seed), watching);
    return trace as Trace;
  }

  #summary(failure: Failure | undefined): Simulation {
    const { untaken, total } = coverageOf(this.#system, this.#taken);
    const { name: model, properties } = this.#system;
    const sometimes = properties.filter(({ kind }) => kind === 'sometimes');
    return {
      model,
      seed: this.#seed,
      runs: this.#runs,
      steps: this.#steps,
      time: this.#time,
      ok: failure === undefined,
      properties: this.#verdicts(failure?.property),
      ...(failure === undefined ? {} : { failure }),
      counts: this.#counts,
      endings: this.#endings,
      transitions: { taken: total - untaken.length, total },
      vacuity: {
        unreached: sometimes.filter(({ name }) => !this.#witnessed.has(name)).map(({ name }) => name),
        untaken,
        unused: this.#unused(),
      },
    };
  }

  #unused(): Simulation['vacuity']['unused'] {
    const given = { ...this.#system.faults, ...this.#options.faults };
    return faultNames.filter((fault) => (given[fault] ?? 0) > 0 && !this.#used.has(fault));
  }

  #verdicts(failed: string | undefined): SimulatedVerdict[] {
    const implicit = [NO_FAILURE, DETERMINISM].map((name) => ({ name, kind: 'always' as const }));
    return [...implicit, ...this.#system.properties].map(({ name, kind }) => {
      if (name === failed) return { name, kind, holds: false };
      if (kind === 'sometimes') return { name, kind, holds: this.#witnessed.has(name) ? true : null };
      return { name, kind, holds: this.#undecided.has(name) || this.#runs === 0 ? null : true };
    });
  }
}
