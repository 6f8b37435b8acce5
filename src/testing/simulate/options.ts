import { checkKnown, TroupeError } from '../../errors.ts';
import { faultNames as budgeted, type Faults } from '../model/spec.ts';
import { compact } from '../../message/json.ts';
import { maxSeed } from '../random.ts';
import type { Trace } from '../model/trace.ts';

/** From the least to the most, ms of virtual time. */
export type Span = readonly [least: number, most: number];

/** Budgets of one run; `Infinity` for as often as it likes. What is not given is as the system says. */
export interface SimulatedFaults extends Faults {
  /**
   * A message is overtaken by all behind it: for `ordered` only, against what Troupe guarantees (T1). In a trace it is lost, and one like
   * it forged. Default 0.
   */
  readonly reorder?: number;
  /** A message takes far longer than `delay` says, up to 1024 times. Default `Infinity`: nobody guarantees a bound. */
  readonly delay?: number;
  /** Actors whose messages, timers and work take up to 16 times as long for a whole run. Default `Infinity`. */
  readonly slow?: number;
}

export type SimulatedFault = keyof SimulatedFaults;

export interface SimulateOptions {
  /** Whole number from 0 to 2^32 - 1. Default 0. */
  readonly seed?: number;
  /** Runs, each with a seed that follows from `seed`. Default 100. */
  readonly runs?: number;
  /** Actions after which a run ends. Default 1,000. */
  readonly steps?: number;
  /** Virtual time after which a run ends, ms. Default: none. */
  readonly time?: number;
  readonly faults?: SimulatedFaults;
  /** How likely a fault is wherever it may happen, from 0 to 1, while its budget lasts. */
  readonly rates?: Partial<Readonly<Record<Exclude<SimulatedFault, 'restart' | 'heal'>, number>>>;
  /** Does every run draw its own mix of faults (Groce et al., Swarm Testing, 2012)? Default true. */
  readonly swarm?: boolean;
  /** How long a message is under way. Default 1 to 10 ms. */
  readonly delay?: Span;
  /** How long invoked work takes; in some runs up to 1024 times as long for some actors. Default 1 to 50 ms. */
  readonly work?: Span;
  /** How long the environment waits with what it may choose; in some runs up to 65,536 times as long. Default 0 to 20 ms. */
  readonly pause?: Span;
  /** How long the dead are dead and a split lasts, at the least; up to 1024 times as long. Default 10 ms. */
  readonly outage?: number;
  /** By how much the clocks of actors may run fast or slow, as a share: 0.1 for 10 %. Default 0. */
  readonly skew?: number;
  /** When properties are looked at: after every step (default), every so many steps, or at the end of a run. */
  readonly check?: 'every' | 'end' | number;
  /** Runs spent on making a failing one smaller; 0 leaves it as it is. Default 1,000. */
  readonly shrink?: number;
  /** A token of an earlier report: this run alone happens again, and all other options but `transcript` and `record` come from it. */
  readonly replay?: string;
  /** Gets a line of text for everything that happens. */
  readonly transcript?: (line: string) => void;
  /** Gets every run as a trace, in order. */
  readonly record?: (trace: Trace, run: number) => void;
}

/** The part of the options a run depends on: what a token has to carry. */
export interface Plan {
  readonly steps: number;
  readonly time: number;
  readonly faults: SimulatedFaults;
  readonly rates: Readonly<Record<string, number>>;
  readonly swarm: boolean;
  readonly delay: Span;
  readonly work: Span;
  readonly pause: Span;
  readonly outage: number;
  readonly skew: number;
  readonly check: number;
}

export const faultNames = [
  ...budgeted,
  'reorder',
  'delay',
  'slow',
] as const satisfies readonly SimulatedFault[];

const rated = faultNames.filter((name) => name !== 'restart' && name !== 'heal');

const defaultRates: Readonly<Record<string, number>> = {
  lose: 0.1,
  duplicate: 0.1,
  corrupt: 0.1,
  reorder: 0.1,
  delay: 0.03,
  crash: 0.03,
  partition: 0.03,
  forge: 0.03,
  slow: 0.2,
};

const known = [
  ...['seed', 'runs', 'steps', 'time', 'faults', 'rates', 'swarm', 'delay', 'work', 'pause', 'outage'],
  ...['skew', 'check', 'shrink', 'replay', 'transcript', 'record'],
];

/**
 * Check options once.
 * @throws TroupeError INVALID_OPTION naming the option, its value and what it may be
 */
export function checkOptions(options: SimulateOptions): void {
  checkKnown(options, known, 'simulate');
  checkKnown(options.faults ?? {}, faultNames, 'faults of simulate');
  checkKnown(options.rates ?? {}, rated, 'rates of simulate');
  const { seed, time, outage, skew, check, shrink } = options;
  must('seed', seed, isCount(seed, 0) && seed <= maxSeed, `a whole number from 0 to ${maxSeed}`);
  for (const name of ['runs', 'steps'] as const)
    must(name, options[name], isCount(options[name], 1), 'a whole number from 1');
  must('time', time, (time ?? 0) > 0, 'ms, more than 0');
  must('outage', outage, isAmount(outage), 'ms, from 0');
  must('skew', skew, isAmount(skew) && skew < 1, 'a share from 0 to less than 1');
  must(
    'check',
    check,
    check === 'every' || check === 'end' || isCount(check, 1),
    "'every', 'end' or a count",
  );
  must('shrink', shrink, isCount(shrink, 0), 'a whole number from 0');
  for (const name of ['delay', 'work', 'pause'] as const)
    must(name, options[name], isSpan(options[name]), '[least, most] in ms');
  for (const [name, budget] of Object.entries(options.faults ?? {}) as [string, number][])
    must(`faults.${name}`, budget, budget === Infinity || isCount(budget, 0), 'a count or Infinity');
  for (const [name, rate] of Object.entries(options.rates ?? {}))
    must(`rates.${name}`, rate, isAmount(rate) && rate <= 1, 'a number from 0 to 1');
}

const isCount = (value: unknown, least: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= least;

const isAmount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;

const isSpan = (value: unknown): boolean => {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [least, most] = value as readonly unknown[];
  return isAmount(least) && isAmount(most) && least <= most;
};

function must(name: string, value: unknown, fine: boolean, wanted: string): void {
  if (value === undefined || fine) return;
  throw new TroupeError(
    'INVALID_OPTION',
    `The option ${name} of simulate must be ${wanted}; got ${compact(value)}.`,
  );
}

const everyStep = 1;

const interval = (check: SimulateOptions['check']): number =>
  check === 'end' ? Infinity : typeof check === 'number' ? check : everyStep;

/** The budgets of `given` over those of the system; who comes back, and what heals, as in `explore`. */
function budgets(system: Faults = {}, given: SimulatedFaults = {}): SimulatedFaults {
  const faults: SimulatedFaults = { delay: Infinity, slow: Infinity, ...system, ...given };
  return {
    ...faults,
    restart: faults.restart ?? faults.crash ?? 0,
    heal: faults.heal ?? faults.partition ?? 0,
  };
}

/** What runs of the system with these (checked) options depend on. */
export function planOf(system: { readonly faults?: Faults }, options: SimulateOptions): Plan {
  return {
    steps: options.steps ?? 1_000,
    time: options.time ?? Infinity,
    faults: budgets(system.faults, options.faults),
    rates: { ...defaultRates, ...options.rates },
    swarm: options.swarm ?? true,
    delay: options.delay ?? [1, 10],
    work: options.work ?? [1, 50],
    pause: options.pause ?? [0, 20],
    outage: options.outage ?? 10,
    skew: options.skew ?? 0,
    check: interval(options.check),
  };
}
