import { Effort } from './effort.ts';
import type { Operation } from './operation.ts';
import { frontierOf, type Condition } from './condition.ts';
import { Search } from './search.ts';
import type { Specification } from './specification.ts';

/** Why a history has no order. */
export interface Blame<TInput = unknown, TOutput = unknown, TState = unknown> {
  /** The first operation, by return, that nothing explains any more; up to it the history was in order. */
  readonly culprit: Operation<TInput, TOutput>;
  /** An order of all that was known just before the culprit returned, and the state after it; without when the effort did not reach. */
  readonly before?: readonly Operation<TInput, TOutput>[];
  readonly state?: TState;
  /**
   * What contradicts the culprit, and the culprit, by call: of the operations since nothing was under way for the last time those
   * whose outcomes are needed, as far as the effort reached to tell. Without any of these outcomes the culprit could be explained.
   */
  readonly window: readonly Operation<TInput, TOutput>[];
}

/** Steps of one search for the first operation that nothing explains, count. */
const findingSteps = 1_000_000;
/** Steps to find out whether one outcome matters, count. Beyond it the outcome counts as needed. */
const doubtSteps = 20_000;
/** Steps to narrow the window down, count. */
const narrowingSteps = 2_000_000;

/**
 * Why there is no order of these operations.
 * @param operations sorted by call
 * @param known index of the culprit; -1 when it has to be found
 */
export function blame(
  spec: Specification,
  operations: readonly Operation[],
  condition: Condition,
  known: number,
): Blame {
  const culprit = operations[known] ?? firstUnexplained(spec, operations, condition);
  const end = culprit.return as number;
  const open = upTo(operations, end, condition);
  const window = contradiction(spec, open, culprit, condition);
  // The culprit asked, but its outcome is not known yet: so far everything can be explained.
  const visible = operations.filter(({ call }) => call <= end || condition !== 'linearizable');
  const before = open.map((operation) => (operation.return === end ? forgotten(operation) : operation));
  const effort = new Effort({ steps: findingSteps });
  const found = new Search(spec, before, frontierOf(condition, before)).run(effort);
  if (typeof found === 'string') return { culprit, window };
  const { order, state } = found;
  return { culprit, window, before: order.map((index) => visible[index] as Operation), state };
}

const forgotten = ({ process, input, call }: Operation): Operation => ({ process, input, call });

/**
 * The history as it was known at a time. In real time what was called later cannot matter yet; in program order alone it can.
 */
const upTo = (operations: readonly Operation[], end: number, condition: Condition): Operation[] =>
  operations
    .filter(({ call }) => call <= end || condition !== 'linearizable')
    .map((operation) => ((operation.return ?? Infinity) <= end ? operation : forgotten(operation)));

/** What there is no order of, there is none of either when more is known: so halve. */
function firstUnexplained(
  spec: Specification,
  operations: readonly Operation[],
  condition: Condition,
): Operation {
  const returned = operations.filter((operation) => operation.return !== undefined);
  returned.sort((a, b) => (a.return as number) - (b.return as number));
  let low = 0;
  let high = returned.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const known = upTo(operations, (returned[middle] as Operation).return as number, condition);
    const effort = new Effort({ steps: findingSteps });
    if (new Search(spec, known, frontierOf(condition, known)).run(effort) === 'none') high = middle;
    else low = middle + 1;
  }
  return returned[low] as Operation;
}

/** Forget recent outcomes one by one, oldest first, as long as what remains has no order: what is left is needed. */
function contradiction(
  spec: Specification,
  operations: readonly Operation[],
  culprit: Operation,
  condition: Condition,
): Operation[] {
  const kept = [...operations];
  const start = beginningOf(operations, culprit);
  let left = narrowingSteps;
  for (const [index, operation] of operations.entries()) {
    if (operation === culprit || operation.return === undefined || operation.call < start) continue;
    if (left <= 0) break;
    kept[index] = forgotten(operation);
    const effort = new Effort({ steps: doubtSteps });
    if (new Search(spec, kept, frontierOf(condition, kept)).run(effort) !== 'none') kept[index] = operation;
    left -= doubtSteps - effort.left;
  }
  return kept.filter((operation) => operation.call >= start && operation.return !== undefined);
}

/** The call of the first operation since nothing that returned was under way for the last time. */
function beginningOf(operations: readonly Operation[], culprit: Operation): number {
  let start = culprit.call;
  for (const { call, return: end = -Infinity } of operations.toReversed())
    if (call < start && end >= start) start = call;
  return start;
}
