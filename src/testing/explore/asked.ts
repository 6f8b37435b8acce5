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
