import { TroupeError } from '../../errors.ts';

/**
 * Refuse a choice nobody knows: a check of nothing would hold always.
 * @throws TroupeError INVALID_OPTION naming what is known
 */
export function checkChoice(option: string, given: string, known: readonly string[]): void {
  if (!known.includes(given))
    throw new TroupeError('INVALID_OPTION', `There is no ${option} "${given}". Known: ${known.join(', ')}.`);
}
