import { isTroupeError, TroupeError } from '../../errors.ts';

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * The answer of a function that belongs to the model, not to a chart.
 * @throws TroupeError MODEL_FAILED saying what threw
 */
export function asked<T>(what: string, answer: () => T): T {
  try {
    return answer();
  } catch (cause) {
    if (isTroupeError(cause)) throw cause;
    throw new TroupeError('MODEL_FAILED', `${what} threw: ${messageOf(cause)}`, { cause });
  }
}

/**
 * The answer of a function of the model that returns a list.
 * @throws TroupeError MODEL_FAILED saying what threw, or what was returned instead
 */
export function listed<T>(what: string, answer: () => readonly T[]): readonly T[] {
  const items: unknown = asked(what, answer);
  if (Array.isArray(items)) return items as readonly T[];
  throw new TroupeError('MODEL_FAILED', `${what} returned ${String(items)}, not a list.`);
}
