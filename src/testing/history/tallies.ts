import { keyOf } from '../../kernel/key.ts';
import type { CounterInput } from './objects.ts';
import { checkHistory, type Judgement, type Operation } from './operation.ts';
import { textOfValue } from './text.ts';

export interface TallyJudgement<TInput, TOutput> extends Judgement {
  /** The operations that show it; empty when nothing is wrong. */
  readonly operations: readonly Operation<TInput, TOutput>[];
}

/**
 * Did every operation that returned get an output of its own?
 * @throws TroupeError INVALID_HISTORY for an operation that returns before it is called
 */
export function uniqueIds<TInput, TOutput>(
  history: readonly Operation<TInput, TOutput>[],
): TallyJudgement<TInput, TOutput> {
  checkHistory(history);
  const holders = new Map<string, Operation<TInput, TOutput>>();
  const done = history.filter(({ return: end, failed }) => end !== undefined && failed !== true);
  for (const operation of done) {
    const id = keyOf(operation.output);
    const other = holders.get(id);
    if (other !== undefined)
      return {
        verdict: 'violated',
        operations: [other, operation],
        text: `${other.process} and ${operation.process} were both given ${textOfValue(operation.output)}.`,
      };
    holders.set(id, operation);
  }
  return { verdict: 'holds', operations: [], text: `All ${done.length} ids are different.` };
}

/** Every read has to lie in it, both ends included. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/**
 * Does every read of a counter lie between what must have been counted by then and what may have been (Jepsen's counter)? Far
 * cheaper than `linearizable`, and weaker: each read is judged on its own.
 * @throws TroupeError INVALID_HISTORY for an operation that returns before it is called
 */
export function counterBounds(
  history: readonly Operation<CounterInput, number | undefined>[],
  start = 0,
): TallyJudgement<CounterInput, number | undefined> {
  checkHistory(history);
  const reads = history.filter(
    ({ input, return: end, failed }) => input.op === 'read' && end !== undefined && failed !== true,
  );
  reads.sort((a, b) => (a.return as number) - (b.return as number));
  for (const read of reads) {
    const { least, most } = rangeOf(history, read, start);
    const count = read.output;
    if (count === undefined || !(count >= least && count <= most))
      return {
        verdict: 'violated',
        operations: [read],
        text: `${read.process} read ${textOfValue(count)}; by then it was at least ${least} and at most ${most}.`,
      };
  }
  return { verdict: 'holds', operations: [], text: `All ${reads.length} reads lie within their bounds.` };
}

function rangeOf(
  history: readonly Operation<CounterInput, number | undefined>[],
  read: Operation,
  start: number,
): Range {
  let least = start;
  let most = start;
  for (const { input, call, return: end = Infinity, failed } of history) {
    if (input.op !== 'add' || failed === true || call > (read.return as number)) continue;
    const certain = end < read.call;
    if (certain || input.amount < 0) least += input.amount;
    if (certain || input.amount > 0) most += input.amount;
  }
  return { least, most };
}
