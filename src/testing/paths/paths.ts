import { coverageOf, type Coverage } from '../cover/coverage.ts';
import type { Graph } from './graph.ts';
import { growthOf, type Growth } from './growth.ts';
import { take } from './move.ts';
import { Path, type Company } from './path.ts';
import type { PathLimits } from './options.ts';

/** Why there may be more than these paths. */
export interface Incomplete {
  /** The bound that was reached; `key`: a coarse key led to paths that the machine does not take. */
  readonly limit: keyof PathLimits | 'key';
  /** For states and memory: the fields that take ever new values, the worst first. */
  readonly grows: readonly Growth[];
}

/** Paths of a machine, in the order they were generated. `for (const path of paths) test(path.name, …)`. */
export class Paths implements Iterable<Path>, Company {
  readonly graph: Graph;
  readonly all: readonly Path[];
  readonly #limit: keyof PathLimits | 'key' | undefined;
  #growth: readonly Growth[] | undefined;
  #visits: ReadonlyMap<Path, ReadonlySet<number>> | undefined;

  /** @param limit the bound that kept further paths from being generated */
  constructor(graph: Graph, all: readonly Path[], limit?: keyof PathLimits) {
    this.graph = graph;
    const possible = graph.options.key === undefined ? all : all.filter(isPossible);
    this.all = possible;
    for (const path of possible) path.join(this);
    this.#limit = graph.exceeded ?? limit ?? (possible.length < all.length ? 'key' : undefined);
  }

  get length(): number {
    return this.all.length;
  }

  /** Are these all the paths that were asked for, of a machine whose states are all known? */
  get complete(): boolean {
    return this.#limit === undefined;
  }

  /** What is missing and why; undefined when nothing is. */
  get incomplete(): Incomplete | undefined {
    const limit = this.#limit;
    if (limit === undefined) return undefined;
    return {
      limit,
      grows: limit === 'states' || limit === 'memory' ? (this.#growth ??= growthOf(this.graph)) : [],
    };
  }

  /** Steps of all paths together, count. */
  get steps(): number {
    return this.all.reduce((sum, { length }) => sum + length, 0);
  }

  [Symbol.iterator](): Iterator<Path> {
    return this.all[Symbol.iterator]();
  }

  /** What of the chart these paths see. */
  coverage(): Coverage {
    return coverageOf(this.graph, this.all);
  }

  /** Without paths that are the beginning of another. */
  distinct(): Paths {
    const limit = this.#limit === 'key' ? undefined : this.#limit;
    const copies = withoutBeginnings(this.all).map(({ graph, end, edges }) => new Path(graph, end, edges));
    return new Paths(this.graph, copies, limit);
  }

  /** @internal */
  firstVisits(path: Path): ReadonlySet<number> {
    this.#visits ??= visitsOf(this.all);
    return this.#visits.get(path) ?? new Set();
  }

  /** Paths that end in a failure which is not of work it invoked: a guard, action or `assign` threw. */
  failures(): readonly Path[] {
    return this.all.filter(endsInThrow);
  }
}

/** Under a coarse key, edges start in states that only look alike: does the machine take them one after the other? */
const isPossible = ({ graph, edges }: Path): boolean => {
  let state = graph.states[0];
  for (const number of edges) {
    const edge = graph.edges[number];
    if (edge === undefined || state === undefined) return false;
    const [next, effects, taken] = take(state, edge.move);
    if (next === state && taken.length === 0 && effects.length === 0) return false;
    if (graph.keyOf(next) !== graph.keyOf(graph.states[edge.to] ?? next)) return false;
    state = next;
  }
  return true;
};

const endsInThrow = ({ graph, edges, end }: Path): boolean => {
  const snapshot = graph.states[end]?.snapshot;
  const last = graph.edges[edges.at(-1) ?? -1];
  if (snapshot?.status !== 'error' || last === undefined) return false;
  const { move } = last;
  return !(move.kind === 'settle' && 'error' in move.outcome && move.outcome.error === snapshot.error);
};

/** By path: positions in states that no earlier position came to. */
const visitsOf = (paths: readonly Path[]): Map<Path, Set<number>> => {
  const seen = new Set<number>();
  const isFirst = (state: number): boolean => {
    if (seen.has(state)) return false;
    seen.add(state);
    return true;
  };
  return new Map(
    paths.map((path) => {
      const states = [0, ...path.edges.map((edge) => path.graph.edges[edge]?.to ?? 0)];
      return [path, new Set(states.flatMap((state, position) => (isFirst(state) ? [position] : [])))];
    }),
  );
};

interface Branch {
  readonly next: Map<number, Branch>;
}

const withoutBeginnings = (paths: readonly Path[]): Path[] => {
  const root: Branch = { next: new Map() };
  const ends = paths.map(({ edges }) => {
    let branch = root;
    for (const edge of edges) {
      let next = branch.next.get(edge);
      if (next === undefined) branch.next.set(edge, (next = { next: new Map() }));
      branch = next;
    }
    return branch;
  });
  const taken = new Set<Branch>();
  return paths.filter((_, index) => {
    const branch = ends[index];
    if (branch === undefined || branch.next.size > 0 || taken.has(branch)) return false;
    taken.add(branch);
    return true;
  });
};
