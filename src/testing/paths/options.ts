import type { EventObject } from 'xstate';
import { checkKnown, TroupeError } from '../../errors.ts';
import type { Outcome } from '../../kernel/step.ts';
import type { Clock } from '../../ports.ts';
import type { ActorView } from '../model/view.ts';
import type { Move } from './move.ts';

/** An event, or only its payload: the type is then that of the case. */
export type Case = EventObject | Readonly<Record<string, unknown>>;

/**
 * What events of a type carry, by type or by descriptor of a transition (`PAY`, `mouse.*`, `*`): some, or a function of the state.
 * None: the event is not sent. A type without an entry is sent with no payload; a wildcard needs an entry.
 */
export type Cases = Readonly<Record<string, readonly Case[] | ((state: ActorView) => readonly Case[])>>;

/**
 * How invoked work that is not a chart may end, by id of the child or by `src`. Without an entry: with no output, and with an error,
 * each where the chart has a transition for it.
 */
export type Outcomes = Readonly<
  Record<string, readonly Outcome[] | ((input: never, state: ActorView) => readonly Outcome[])>
>;

/** Bounds of an exploration. What lies beyond is left out, and `complete` is false. */
export interface PathLimits {
  /** Distinct states, count. Default 100 000. */
  readonly states: number;
  /** Texts by which states are told apart, bytes. Default 512 MiB. */
  readonly memory: number;
  /** Paths of one generator, count. Default 100 000. */
  readonly paths: number;
  /** Time, ms; needs `clock`. Default: no bound. */
  readonly time: number;
}

export const defaultPathLimits: PathLimits = {
  states: 100_000,
  memory: 512 * 1024 * 1024,
  paths: 100_000,
  time: Infinity,
};

/** What can happen to a machine, and how its states are told apart. */
export interface ExploreOptions {
  readonly input?: unknown;
  readonly cases?: Cases;
  readonly outcomes?: Outcomes;
  /**
   * What two states have in common that count as one. Default: everything that the machine's future depends on (`stateKey`). With a
   * coarser key, paths that the machine then does not take are left out.
   */
  readonly key?: (state: ActorView) => unknown;
  /** Is this move followed? Default: every one. A growing context is bounded here. */
  readonly filter?: (state: ActorView, move: Move) => boolean;
  /** Which of several timers may run out: the ones that can be due (default), or `any` as if clocks were arbitrarily wrong. */
  readonly timers?: 'due' | 'any';
  readonly limits?: Partial<PathLimits>;
  readonly clock?: Pick<Clock, 'now'>;
}

export const exploreOptionNames = [
  'input',
  'cases',
  'outcomes',
  'key',
  'filter',
  'timers',
  'limits',
  'clock',
] as const;

/**
 * Refuse options nobody knows, and bounds that are none.
 * @throws TroupeError INVALID_OPTION
 */
export function checkOptions(options: object, more: readonly string[] = []): void {
  checkKnown(options, [...exploreOptionNames, ...more], 'path generation');
  const { limits = {}, clock } = options as ExploreOptions;
  checkKnown(limits, Object.keys(defaultPathLimits), 'limits of path generation');
  for (const [name, bound] of Object.entries(limits))
    if (typeof bound !== 'number' || !(bound >= 1))
      throw new TroupeError(
        'INVALID_OPTION',
        `limits.${name} must be a number of at least 1, got ${String(bound)}.`,
      );
  if (limits.time !== undefined && limits.time !== Infinity && clock === undefined)
    throw new TroupeError('INVALID_OPTION', 'limits.time needs a clock: give { clock } as well.');
}
