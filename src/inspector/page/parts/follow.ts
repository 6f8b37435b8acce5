import type { ReadonlySignal } from '../signal.ts';

/** Draw (or run) again when the signal changes; its value itself is of no interest. */
export const follow = (signal: ReadonlySignal): unknown => signal.value;
