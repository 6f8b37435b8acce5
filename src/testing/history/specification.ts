import { keyOf } from '../../kernel/key.ts';

/** Stands for the output of an operation whose outcome nobody knows. A registered symbol: two copies of this package share it. */
export const unknownOutput: unique symbol = Symbol.for('troupe.unknownOutput') as never;

/** What an object does when it is used by one process at a time. Pure. */
export interface Specification<TState = unknown, TInput = unknown, TOutput = unknown> {
  readonly initial: TState;
  /**
   * Could the operation have given this output in this state, and what is the state then? Any output is possible when it is
   * `unknownOutput`.
   */
  readonly step: (
    state: TState,
    input: TInput,
    output: TOutput | typeof unknownOutput,
  ) => readonly [ok: boolean, state: TState];
  /** What two states have in common exactly when they are the same. Default `keyOf`. */
  readonly key?: (state: TState) => string | number;
  /**
   * The part of the object an operation uses. Operations on different parts never see each other, so each part is judged on its own
   * (P-compositionality; Horn & Kroening 2015), which is exponentially faster.
   */
  readonly partition?: (input: TInput) => string | number;
  /**
   * Does the operation leave every state as it is in which it can give this output, as a read does? Only makes the search faster.
   * Default: never.
   */
  readonly pure?: (input: TInput, output: TOutput) => boolean;
  /** Default: input and output as they are. */
  readonly describe?: (input: TInput, output: TOutput | typeof unknownOutput) => string;
}

/** What an object does, when its state alone decides the output. An `apply` that returns the state only leaves the output open. */
export interface SequentialObject<TState, TInput, TOutput> extends Pick<
  Specification<TState, TInput, TOutput>,
  'initial' | 'key' | 'partition' | 'pure' | 'describe'
> {
  readonly apply: (state: TState, input: TInput) => readonly [TState] | readonly [TState, TOutput];
}

/** A specification from a function that performs the operation: outputs are compared as values. */
export function sequential<TState, TInput, TOutput>({
  apply,
  ...rest
}: SequentialObject<TState, TInput, TOutput>): Specification<TState, TInput, TOutput> {
  return {
    ...rest,
    step: (state, input, output) => {
      const result = apply(state, input);
      const open = result.length === 1 || output === unknownOutput;
      return [open || same(result[1], output), result[0]];
    },
  };
}

const same = (a: unknown, b: unknown): boolean =>
  Object.is(a, b) || (typeof a === 'object' && typeof b === 'object' && keyOf(a) === keyOf(b));
