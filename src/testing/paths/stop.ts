import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import { metricOf, type Covered, type Tally } from '../cover/coverage.ts';
import type { ActorView } from '../model/view.ts';
import type { Graph } from './graph.ts';
import { isTarget, type Target } from './target.ts';

/** How far a generator has come. */
export interface Progress {
  readonly graph: Graph;
  readonly tally: Tally;
  /** Steps of the path that is being made, count. */
  readonly length: number;
  /** Where it is. */
  readonly view: () => ActorView;
}

/** When a generator has done enough; it is asked after every step, and ends the path there. */
export type Stop = (progress: Progress) => boolean;

/** So much is covered, per cent of what the chart has (of pairs: of what the states found so far allow). Default 100. */
export function covered(what: Covered, percent = 100): Stop {
  if (!(percent >= 0 && percent <= 100))
    throw new TroupeError('INVALID_OPTION', `A coverage to reach is 0 to 100 per cent, got ${percent}.`);
  // Looking at all of it after every step would cost more than the paths.
  let seen = -1;
  return ({ graph, tally }) => {
    const now = tally[what].size;
    if (now === seen) return false;
    seen = now;
    const metric = metricOf(graph, tally, what);
    return metric.covered * 100 >= metric.total * percent;
  };
}

/** A state is reached: one with this value or part of it, or that satisfies this. */
export const reached =
  (target: Target): Stop =>
  ({ view }) =>
    isTarget(view(), target);

/** All paths together have so many steps. */
export const stepsTaken =
  (count: number): Stop =>
  ({ tally }) =>
    tally.steps >= count;

/** So many paths were begun, and this one has so many steps. Default 0. */
export const pathsMade =
  (count: number, length = 0): Stop =>
  ({ tally, length: now }) =>
    tally.paths >= count && now >= length;

/** So much time has passed since the first step, ms. */
export function elapsed(ms: number, clock: Pick<Clock, 'now'>): Stop {
  let began: number | undefined;
  return () => {
    const now = clock.now();
    began ??= now;
    return now - began >= ms;
  };
}

/** All of these. */
export const allOf =
  (...stops: readonly Stop[]): Stop =>
  (progress) =>
    stops.map((stop) => stop(progress)).every(Boolean);

/** One of these. */
export const anyOf =
  (...stops: readonly Stop[]): Stop =>
  (progress) =>
    stops.map((stop) => stop(progress)).some(Boolean);
