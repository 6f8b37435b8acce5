import type { Dice, Lane } from './dice.ts';
import type { Span } from './options.ts';

/** µs in a ms: virtual time is kept in whole µs. */
export const MS = 1_000;
/** How finely a time between the least and the most is chosen. */
const GRAINS = 1_000;
const TIES = 1_024;
/** Something may take up to 2^10 times as long. */
const POWERS = 11;
const PATIENCE = 17;

/** The latest on a lane: as early as `span` allows. 0 is as late as it allows. */
export const earliest = GRAINS;

/** µs between the ends of a span in ms. */
export function between(dice: Dice, lane: Lane, [least, most]: Span): number {
  if (least === most) return Math.round(least * MS);
  const early = dice.pick(lane, GRAINS + 1) / GRAINS;
  return Math.round((most - (most - least) * early) * MS);
}

/** A power of two from 1 to 1024, each as likely. */
export const power = (dice: Dice, lane: Lane): number => 2 ** dice.pick(lane, POWERS);

/** As `power`, up to 65,536: an environment can wait until everything has timed out. */
export const patience = (dice: Dice, lane: Lane): number => 2 ** dice.pick(lane, PATIENCE);

/** Who comes first of those that are due at the same time. */
export const tie = (dice: Dice, lane: Lane): number => dice.pick(lane, TIES);
