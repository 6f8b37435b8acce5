import { TroupeError } from '../../errors.ts';

/**
 * One operation of a history, as the process that asked for it saw it. Plain data: a history may come from `explore`, `simulate`, a
 * live system, or a file.
 */
export interface Operation<TInput = unknown, TOutput = unknown> {
  /** Who asked: a client, a connection, an actor. */
  readonly process: string | number;
  readonly input: TInput;
  /** What came back; only of an operation that returned. */
  readonly output?: TOutput | undefined;
  /** When it was asked for, in any unit all operations of the history share. */
  readonly call: number;
  /** When the output came back. Without it the outcome is unknown: it may take effect at any time after `call`, or never. */
  readonly return?: number | undefined;
  /** It certainly did not take effect, as a transaction that was aborted. Default false. */
  readonly failed?: boolean;
}

/** What a checker found. `unknown`: it was stopped by a bound before it could tell. */
export type Verdict = 'holds' | 'violated' | 'unknown';

/** What is common to all judgements of a history. */
export interface Judgement {
  readonly verdict: Verdict;
  /** For people: what was found, and in what. */
  readonly text: string;
}

/**
 * Refuse a history that cannot have happened.
 * @throws TroupeError INVALID_HISTORY naming the operation
 */
export function checkHistory(history: readonly Operation[]): void {
  history.forEach((operation, at) => {
    const { call, return: end } = operation;
    if (!Number.isFinite(call))
      throw invalid(`Operation ${at} has call ${String(call)}; it must be a number.`);
    if (end !== undefined && !(end >= call))
      throw invalid(
        `Operation ${at} of process ${String(operation.process)} returned at ${String(end)}, before its call at ${call}.`,
      );
  });
}

const invalid = (message: string): TroupeError => new TroupeError('INVALID_HISTORY', message);
