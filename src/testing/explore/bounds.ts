import { TroupeError } from '../../errors.ts';

/** Where a search stops though there is more. What is reached then is no verdict on what was not. */
export interface Bounds {
  /** Distinct states, count. Default 5,000,000. */
  readonly maxStates: number;
  /**
   * Memory of the process, MB (2^20 bytes): heap and typed arrays. Default 1,024. Whatever it is, a heap that is 70 % full ends the search too, and
   * so does a state of one actor, a message or a history of more than 2^20 characters.
   */
  readonly maxMemory: number;
  /** Default Infinity: only states and memory end the search. */
  readonly maxSeconds: number;
}

export const defaultBounds: Bounds = { maxStates: 5_000_000, maxMemory: 1_024, maxSeconds: Infinity };

/** Which bound ended a search, or `failure` when it was to end at the first property that fails. */
export type StoppedBy = 'states' | 'memory' | 'time' | 'failure';

/** @throws TroupeError INVALID_OPTION for a bound that is not a positive number */
export function resolveBounds(chosen: Partial<Bounds>): Bounds {
  const { maxStates, maxMemory, maxSeconds } = { ...defaultBounds, ...chosen };
  for (const [name, value] of Object.entries({ maxStates, maxMemory, maxSeconds }))
    if (!(value > 0))
      throw new TroupeError('INVALID_OPTION', `${name} must be a number above 0, got ${String(value)}.`);
  return { maxStates, maxMemory, maxSeconds };
}
