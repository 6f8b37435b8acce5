import type { Walkway } from './walkway.ts';

/** What is to be covered, by way: names of goals. A goal may be reached on several ways. */
export type Goals = (way: number) => readonly string[];

/** Which ways still lead to a goal that was not reached. */
class Open {
  readonly #wanted: Uint32Array;
  readonly #goals: readonly (readonly string[])[];
  readonly #ways = new Map<string, number[]>();

  constructor({ ways }: Walkway, goals: Goals) {
    this.#goals = ways.map((_, way) => [...new Set(goals(way))]);
    this.#wanted = Uint32Array.from(this.#goals, ({ length }) => length);
    for (const [way, names] of this.#goals.entries())
      for (const name of names) {
        const same = this.#ways.get(name);
        if (same === undefined) this.#ways.set(name, [way]);
        else same.push(way);
      }
  }

  get size(): number {
    return this.#ways.size;
  }

  isWanted(way: number): boolean {
    return (this.#wanted[way] ?? 0) > 0;
  }

  take(way: number): void {
    for (const name of this.#goals[way] ?? []) {
      for (const same of this.#ways.get(name) ?? []) this.#wanted[same] = (this.#wanted[same] ?? 0) - 1;
      this.#ways.delete(name);
    }
  }
}

/**
 * Runs from the start that together reach every goal that can be reached: always on to the nearest one, from the start again where none is
 * left ahead or the run would become longer than `length`. Greedy: few runs, not the fewest.
 */
export function* cover(walkway: Walkway, goals: Goals, length: number): Generator<number[]> {
  const open = new Open(walkway, goals);
  const search = new Search(walkway, (way) => open.isWanted(way));
  while (open.size > 0) {
    const run: number[] = [];
    let at = walkway.start;
    for (let ahead = search.nearest(at); ahead !== undefined; ahead = search.nearest(at)) {
      if (run.length > 0 && run.length + ahead.length > length) break;
      for (const way of ahead) {
        open.take(way);
        run.push(way);
        at = walkway.ways[way]?.to ?? at;
      }
    }
    if (run.length === 0) return;
    yield run;
  }
}

/** Breadth first searches over one walkway, with one set of marks for all of them. */
class Search {
  readonly #walkway: Walkway;
  readonly #isWanted: (way: number) => boolean;
  readonly #marks: Uint32Array;
  readonly #by: Int32Array;
  #mark = 0;

  constructor(walkway: Walkway, isWanted: (way: number) => boolean) {
    this.#walkway = walkway;
    this.#isWanted = isWanted;
    this.#marks = new Uint32Array(walkway.junctions);
    this.#by = new Int32Array(walkway.junctions);
  }

  /** The ways from here to the nearest wanted one, which is the last. */
  nearest(from: number): number[] | undefined {
    const { out, ways } = this.#walkway;
    this.#mark += 1;
    this.#marks[from] = this.#mark;
    const queue = [from];
    for (let head = 0; head < queue.length; head++) {
      const at = queue[head] ?? 0;
      for (const way of out[at] ?? []) {
        if (this.#isWanted(way)) return [...this.#back(from, at), way];
        const to = ways[way]?.to ?? 0;
        if (this.#marks[to] === this.#mark) continue;
        this.#marks[to] = this.#mark;
        this.#by[to] = way;
        queue.push(to);
      }
    }
    return undefined;
  }

  #back(from: number, to: number): number[] {
    const ways: number[] = [];
    for (let at = to; at !== from; at = this.#walkway.ways[ways.at(-1) ?? 0]?.from ?? from)
      ways.push(this.#by[at] ?? 0);
    return ways.reverse();
  }
}
