import { TroupeError } from '../../errors.ts';
import type { Clock } from '../../ports.ts';
import type { Operation } from './operation.ts';

/** An operation under way. Exactly one of these ends it; without any its outcome is unknown. */
export interface Underway<TOutput> {
  /** It returned this. */
  end(output: TOutput): void;
  /** It certainly did not take effect. */
  fail(): void;
  /** Nobody will learn how it ended: it timed out, or the connection was lost. */
  unknown(): void;
}

/** Writes down what the processes of a live system ask and are answered. */
export interface HistoryRecorder<TInput, TOutput> {
  /** `process` asks for something now. */
  begin(process: string | number, input: TInput): Underway<TOutput>;
  /** What happened so far, by call. Safe to keep: it does not change. */
  history(): readonly Operation<TInput, TOutput>[];
}

/**
 * A recorder for one node or for several.
 * @param clock without one the recorder counts: 1, 2, 3 … in the order in which things happened, which is exact. Histories recorded on
 * several nodes of one machine need its clock (ms) to be put together; what then happens in the same millisecond counts as
 * concurrent, and a clock set back stands still
 */
export function recordHistory<TInput = unknown, TOutput = unknown>(
  clock?: Pick<Clock, 'now'>,
): HistoryRecorder<TInput, TOutput> {
  const operations: Operation<TInput, TOutput>[] = [];
  let last = clock === undefined ? 0 : -Infinity;
  const tick = (): number => (last = clock === undefined ? last + 1 : Math.max(last, clock.now()));
  return {
    begin: (process, input) => {
      const at = operations.push({ process, input, call: tick() }) - 1;
      let over = false;
      const close = (outcome: Partial<Operation<TInput, TOutput>>): void => {
        if (over)
          throw new TroupeError(
            'INVALID_HISTORY',
            `Operation ${at} of process ${String(process)} has already ended; end each operation once.`,
          );
        over = true;
        operations[at] = { ...(operations[at] as Operation<TInput, TOutput>), ...outcome };
      };
      return {
        end: (output) => close({ output, return: tick() }),
        fail: () => close({ failed: true, return: tick() }),
        unknown: () => close({}),
      };
    },
    history: () => [...operations],
  };
}
