import { checkHistory, type Judgement, type Operation, type Verdict } from './operation.ts';
import { blame, type Blame } from './blame.ts';
import { frontierOf, type Condition } from './condition.ts';
import { Effort, type Bounds } from './effort.ts';
import { textOf } from './report.ts';
import { Search } from './search.ts';
import type { Specification } from './specification.ts';

/** Steps a part gets in the first turn, count. */
const firstTurn = 1_000;

/** What was found about one part of the history. */
export interface Part<TInput = unknown, TOutput = unknown, TState = unknown> {
  /** By the specification's `partition`; undefined without one. */
  readonly part: string | number | undefined;
  readonly verdict: Verdict;
  /** Of `holds`: an order in which the object gives these outputs. Operations of unknown outcome are in it when they must have happened. */
  readonly order?: readonly Operation<TInput, TOutput>[];
  /** Of `violated`: what cannot be explained. */
  readonly blame?: Blame<TInput, TOutput, TState>;
}

export interface Linearization<TInput = unknown, TOutput = unknown, TState = unknown> extends Judgement {
  readonly parts: readonly Part<TInput, TOutput, TState>[];
}

/**
 * Does every operation seem to take effect at one moment between its call and its return (Herlihy & Wing 1990)? The search of Wing &
 * Gong as Lowe improved it (2017), part by part.
 * @param history in any order; it is not changed
 * @throws TroupeError INVALID_HISTORY for an operation that returns before it is called
 */
export function linearizable<TState, TInput, TOutput>(
  specification: Specification<TState, TInput, TOutput>,
  history: readonly Operation<TInput, TOutput>[],
  bounds: Bounds = {},
): Linearization<TInput, TOutput, TState> {
  return judge(specification, history, bounds, 'linearizable');
}

/**
 * Is there one order of all operations that keeps the order of each process (Lamport 1979)? Real time between processes does not
 * matter. Not a local property: parts are not judged on their own.
 * @throws TroupeError INVALID_HISTORY for an operation that returns before it is called
 */
export function sequentiallyConsistent<TState, TInput, TOutput>(
  specification: Specification<TState, TInput, TOutput>,
  history: readonly Operation<TInput, TOutput>[],
  bounds: Bounds = {},
): Linearization<TInput, TOutput, TState> {
  return judge(specification, history, bounds, 'sequentially consistent');
}

function judge<TState, TInput, TOutput>(
  specification: Specification<TState, TInput, TOutput>,
  history: readonly Operation<TInput, TOutput>[],
  bounds: Bounds,
  condition: Condition,
): Linearization<TInput, TOutput, TState> {
  checkHistory(history);
  const effort = new Effort(bounds);
  const spec = specification as unknown as Specification;
  const groups = grouped(history, condition === 'linearizable' ? spec.partition : undefined);
  const tasks = [...groups].map(([part, operations]) => new Task(part, spec, operations, condition));
  // In turns that double, so that a part which is hard does not keep a simple contradiction in another one from being found.
  for (let turn = firstTurn; effort.left > 0; turn *= 2) {
    const open = tasks.filter(({ verdict }) => verdict === 'unknown');
    if (open.length === 0 || tasks.some(({ verdict }) => verdict === 'violated')) break;
    for (const task of open) task.run(effort, turn);
  }
  const parts = tasks.map((task) => task.result());
  return { verdict: worst(parts), parts, text: textOf(condition, spec, parts) } as Linearization<
    TInput,
    TOutput,
    TState
  >;
}

function grouped(
  history: readonly Operation[],
  partition: Specification['partition'],
): Map<string | number | undefined, Operation[]> {
  if (partition === undefined) return new Map([[undefined, [...history]]]);
  const groups = new Map<string | number | undefined, Operation[]>();
  for (const operation of history) {
    const part = partition(operation.input);
    const group = groups.get(part);
    if (group === undefined) groups.set(part, [operation]);
    else group.push(operation);
  }
  return groups;
}

/** The judgement of one part, under way. */
class Task {
  verdict: Verdict = 'unknown';
  readonly #part: string | number | undefined;
  readonly #spec: Specification;
  readonly #operations: readonly Operation[];
  readonly #condition: Condition;
  readonly #search: Search;
  #order: readonly number[] = [];

  constructor(
    part: string | number | undefined,
    spec: Specification,
    history: readonly Operation[],
    condition: Condition,
  ) {
    const operations = history.filter(({ failed }) => failed !== true).sort((a, b) => a.call - b.call);
    this.#part = part;
    this.#spec = spec;
    this.#operations = operations;
    this.#condition = condition;
    this.#search = new Search(spec, operations, frontierOf(condition, operations));
  }

  run(effort: Effort, steps: number): void {
    const result = this.#search.run(effort, steps);
    if (result === 'unknown') return;
    if (result === 'none') this.verdict = 'violated';
    else {
      this.verdict = 'holds';
      this.#order = result.order;
    }
  }

  result(): Part {
    const { verdict } = this;
    const part = this.#part;
    if (verdict === 'unknown') return { part, verdict };
    if (verdict === 'violated')
      return {
        part,
        verdict,
        blame: blame(this.#spec, this.#operations, this.#condition, this.#search.culprit),
      };
    return { part, verdict, order: this.#order.map((index) => this.#operations[index] as Operation) };
  }
}

const worst = (parts: readonly Part[]): Verdict => {
  if (parts.some(({ verdict }) => verdict === 'violated')) return 'violated';
  return parts.some(({ verdict }) => verdict === 'unknown') ? 'unknown' : 'holds';
};
