import fc from 'fast-check';
import type { AnyActorLogic } from 'xstate';
import { checkKnown, TroupeError } from '../../errors.ts';
import { Alphabet } from '../paths/alphabet.ts';
import type { Cases, ExploreOptions } from '../paths/options.ts';
import type { Move } from '../paths/move.ts';
import { unpack } from '../../message/special.ts';
import { recordable } from '../../monitoring/recording.ts';
import { invalidToken, packed, unpacked } from '../packed.ts';
import { maxSeed } from '../random.ts';
import type { MachineProperty } from './judge.ts';
import { playMoves, playTape, type Choice, type Play, type Stage } from './play.ts';
import { shortened, type Arbitraries } from './shrink.ts';
import { stepsText } from './text.ts';

export interface PropertyOptions extends Pick<ExploreOptions, 'input' | 'cases' | 'outcomes'> {
  readonly properties: readonly MachineProperty[];
  /** What events carry, by type, as arbitraries of fast-check: they are generated and shrunk. `cases` are for the others. */
  readonly arbitraries?: Arbitraries;
  /** Runs, count. Default 100. */
  readonly runs?: number;
  /** Longest run, moves. Default 50. */
  readonly steps?: number;
  /** Steps a machine may take by itself at the end of a run, until `eventually` is decided. Default 100. */
  readonly patience?: number;
  /** The same seed gives the same runs. Default: a new one, which a failure tells. */
  readonly seed?: number;
  /** The token of a failure: only that run is made. */
  readonly replay?: string;
}

/** What became of the properties of a machine. */
export interface PropertyReport {
  /** Did no property fail, and was every `sometimes` reached? */
  readonly ok: boolean;
  readonly runs: number;
  readonly seed: number;
  /** The property that failed: one of those given, `the machine does not fail`, or `the machine is deterministic`. */
  readonly failed?: string;
  /** The shortest run found in which it fails. */
  readonly moves?: readonly Move[];
  /** Gives exactly this run again. */
  readonly token?: string;
  /** The run in words, or why the report is not to be trusted. */
  readonly text: string;
  /** `sometimes` no run came to: nothing was shown of them. */
  readonly unwitnessed: readonly string[];
  /** Runs that were cut off before the machine came to rest: they say nothing of `eventually`. */
  readonly inconclusive: number;
}

const optionNames = [
  'input',
  'cases',
  'outcomes',
  'properties',
  'arbitraries',
  'runs',
  'steps',
  'patience',
  'seed',
  'replay',
] as const;

/**
 * Run a machine along random paths and judge its properties after every step. What happens next is chosen from what can happen then (the
 * events the chart heeds, timers in virtual time, ends of work), so no choice is wasted; a failure is shrunk to few and simple events.
 * @throws TroupeError INVALID_OPTION, NO_CASE for an event that needs a payload nobody gave, INVALID_TOKEN
 */
export function checkProperties(machine: AnyActorLogic, options: PropertyOptions): PropertyReport {
  checkOptions(options);
  const stage = stageOf(machine, options);
  if (options.replay !== undefined) return replayed(stage, options.replay);
  const { runs = 100, steps = 50, seed = Math.floor(fc.sample(fc.nat(maxSeed), 1)[0] ?? 0) } = options;
  const seen: Seen = { runs: 0, inconclusive: 0, witnessed: new Set() };
  const thrown: unknown[] = [];
  const outcome = fc.check(
    fc.property(tapes(options.arbitraries ?? {}, steps), (tape) => {
      try {
        const run = playTape(stage, tape);
        note(seen, run);
        return run.failed === undefined;
      } catch (error) {
        // A mistake in what was given, such as a missing case: nothing to shrink.
        thrown.push(error);
        return true;
      }
    }),
    { numRuns: runs, seed },
  );
  if (thrown.length > 0) throw thrown[0];
  const tape = outcome.counterexample?.[0];
  // Runs of fast-check's own shrinking are none of those that were asked for.
  seen.runs = outcome.numRuns;
  if (tape !== undefined)
    return failure(stage, shortened(stage, playTape(stage, tape), options.arbitraries ?? {}), seed, seen);
  return success(stage, seed, seen);
}

/**
 * As `checkProperties`, for a test: throws what a person wants to read.
 * @throws TroupeError PROPERTY_FAILED with the run and the token that repeats it; also where a `sometimes` was never reached
 */
export function assertProperties(machine: AnyActorLogic, options: PropertyOptions): PropertyReport {
  const report = checkProperties(machine, options);
  if (report.ok) return report;
  throw new TroupeError('PROPERTY_FAILED', report.text, { data: { token: report.token, seed: report.seed } });
}

function checkOptions(options: PropertyOptions): void {
  checkKnown(options, optionNames, 'checkProperties');
  const { properties, runs = 1, steps = 1, patience = 1, seed = 0 } = options;
  if (!Array.isArray(properties))
    throw new TroupeError(
      'INVALID_OPTION',
      'checkProperties needs { properties: [always(…), …] }; [] for none but its own.',
    );
  for (const [name, value] of Object.entries({ runs, steps, patience }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new TroupeError('INVALID_OPTION', `${name} must be a positive integer, got ${String(value)}.`);
  if (!Number.isSafeInteger(seed) || seed < 0 || seed > maxSeed)
    throw new TroupeError(
      'INVALID_OPTION',
      `seed must be a whole number from 0 to ${maxSeed}, got ${String(seed)}.`,
    );
}

interface Seen {
  runs: number;
  inconclusive: number;
  readonly witnessed: Set<string>;
}

function note(seen: Seen, { failed, settled, witnessed }: Play): void {
  seen.runs += 1;
  if (failed === undefined && !settled) seen.inconclusive += 1;
  for (const name of witnessed) seen.witnessed.add(name);
}

/** Longer tapes and larger payloads come later, as always in fast-check. */
const tapes = (arbitraries: Arbitraries, steps: number) =>
  fc.array(
    fc.record<Choice>({
      pick: fc.nat(),
      payloads: fc.record(arbitraries),
    }),
    {
      maxLength: steps,
      size: 'max',
    },
  );

/** Payloads by which it is seen whether an event is heeded at all, count. */
const samples = 5;

function stageOf(machine: AnyActorLogic, options: PropertyOptions): Stage {
  const { arbitraries = {}, cases = {}, input, outcomes, properties, patience = 100 } = options;
  const sampled: Cases = Object.fromEntries(
    Object.entries(arbitraries).map(([type, arbitrary]) => [
      type,
      fc.sample(arbitrary, { numRuns: samples, seed: 0 }) as Readonly<Record<string, unknown>>[],
    ]),
  );
  const alphabet = new Alphabet([], {
    cases: { ...cases, ...sampled },
    timers: 'any',
    ...(outcomes === undefined ? {} : { outcomes }),
  });
  const name = 'id' in machine && typeof machine.id === 'string' ? machine.id : 'machine';
  return { name, logic: machine, input, alphabet, properties, patience };
}

function replayed(stage: Stage, token: string): PropertyReport {
  const parts = unpacked(token, (text) => unpack(JSON.parse(text)));
  const [machine, seed, moves] = Array.isArray(parts) ? (parts as readonly unknown[]) : [];
  if (!Array.isArray(moves) || typeof seed !== 'number')
    throw invalidToken('it is not one of checkProperties');
  if (machine !== stage.name)
    throw invalidToken(`it is of the machine "${String(machine)}", not of "${stage.name}"`);
  const run = playMoves(stage, moves as Move[]);
  const seen: Seen = { runs: 1, inconclusive: 0, witnessed: new Set(run.witnessed) };
  return run.failed === undefined ? success(stage, seed, seen) : failure(stage, run, seed, seen);
}

function failure(stage: Stage, run: Play, seed: number, seen: Seen): PropertyReport {
  const token = packed(JSON.stringify(recordable([stage.name, seed, run.moves])));
  const title = `${stage.name}: "${run.failed ?? ''}" fails after ${run.moves.length} moves (run ${seen.runs}, seed ${seed})`;
  const text = `${title}\n\n${stepsText(stage.name, run)}\n\nTo see this run again: { replay: '${token}' }`;
  return {
    ok: false,
    runs: seen.runs,
    seed,
    ...(run.failed === undefined ? {} : { failed: run.failed }),
    moves: run.moves,
    token,
    text,
    unwitnessed: [],
    inconclusive: seen.inconclusive,
  };
}

function success({ name, properties }: Stage, seed: number, seen: Seen): PropertyReport {
  const unwitnessed = properties
    .filter((property) => property.kind === 'sometimes' && !seen.witnessed.has(property.name))
    .map((property) => property.name);
  const never = unwitnessed.map((each) => `"${each}" was never reached`).join(', ');
  const summary = `${name}: ${seen.runs} runs (seed ${seed})`;
  return {
    ok: unwitnessed.length === 0,
    runs: seen.runs,
    seed,
    text: unwitnessed.length === 0 ? `${summary}: all properties hold` : `${summary}: ${never}`,
    unwitnessed,
    inconclusive: seen.inconclusive,
  };
}
