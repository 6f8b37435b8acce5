import type { Operation } from '../../../src/testing/history/operation.ts';
import { unknownOutput, type Specification } from '../../../src/testing/history/specification.ts';

/** The definition itself, by trying every order; for a handful of operations. */
export function someOrder<TState, TInput>(
  spec: Specification<TState, TInput>,
  history: readonly Operation<TInput>[],
  precedes: (a: Operation<TInput>, b: Operation<TInput>) => boolean,
): boolean {
  const extend = (left: readonly Operation<TInput>[], state: TState): boolean => {
    if (left.every((operation) => operation.return === undefined)) return true;
    return left.some((operation) => {
      const rest = left.filter((other) => other !== operation);
      if (rest.some((other) => precedes(other, operation))) return false;
      const output = operation.return === undefined ? unknownOutput : operation.output;
      const [ok, next] = spec.step(state, operation.input, output);
      return ok && extend(rest, next);
    });
  };
  return extend(history, spec.initial);
}

/** Herlihy & Wing: what returned before another was called is before it. */
export const inRealTime = (a: Operation, b: Operation): boolean =>
  a.return !== undefined && a.return < b.call;

/** Lamport: only the order of each process counts. */
export const inProgramOrder = (a: Operation, b: Operation): boolean =>
  a.process === b.process && inRealTime(a, b);
