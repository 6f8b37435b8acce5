import type { Tape } from './dice.ts';
import type { Performance } from './perform.ts';
import { earliest } from './time.ts';

/** Performs what a tape says; undefined when the property does not fail there. */
export type Attempt = (tape: Tape) => Performance | undefined;

/** Lanes whose numbers are faults, and what belongs to them. */
const faults = ['fate', 'blow', 'slow', 'clock'];
/** Lanes whose numbers are times. */
const times = ['delay', 'pause', 'work', 'again'];
/** Lanes whose numbers say what happens. */
const events = ['pick', 'repeat', 'patience', 'effort'];

/** A number of a tape. */
interface Place {
  readonly lane: string;
  readonly at: number;
}

type Edit = (values: number[], at: number) => void;

const zero: Edit = (values, at) => void (values[at] = 0);
const early: Edit = (values, at) => void (values[at] = earliest);
const gone: Edit = (values, at) => void values.splice(at, 1);

const kindOf = (lane: string): string => lane.slice(0, lane.indexOf(' ') < 0 ? undefined : lane.indexOf(' '));

/**
 * Makes a failing run smaller: fewer faults first, then fewer actions, less time and smaller numbers. Blocks of numbers are zeroed, set to
 * their other end or left out, in halves and halves of halves (as in delta debugging: Zeller and Hildebrandt 2002; and as Hypothesis
 * does with its choices), and whatever fails still and is smaller is kept.
 */
export class Shrinker {
  attempts = 0;
  best: Performance;
  readonly #attempt: Attempt;
  readonly #limit: number;

  constructor(failing: Performance, attempt: Attempt, limit: number) {
    this.best = failing;
    this.#attempt = attempt;
    this.#limit = limit;
  }

  run(): Performance {
    let before: Performance;
    do {
      before = this.best;
      this.#blocks(faults, zero);
      this.#blocks(events, zero);
      this.#blocks(['pick', 'repeat', 'blow', 'fate'], gone);
      this.#blocks(times, early);
      this.#blocks(times, zero);
      this.#blocks(['pause'], gone);
      this.#smaller();
    } while (this.best !== before && this.attempts < this.#limit);
    return this.best;
  }

  /** Edit blocks of numbers of such lanes: first all of them, then halves, down to single ones. */
  #blocks(kinds: readonly string[], edit: Edit): void {
    let size = this.#places(kinds, edit).length;
    while (size > 0 && this.attempts < this.#limit) {
      let from = 0;
      for (;;) {
        const places = this.#places(kinds, edit);
        if (from >= places.length || this.attempts >= this.#limit) break;
        // A success has changed the places: what is at the same index now is another block.
        if (!this.#try(edited(this.best.tape, places.slice(from, from + size), edit))) from += size;
        else if (edit === early) from += size;
      }
      size >>= 1;
    }
  }

  /** The numbers an edit would change. */
  #places(kinds: readonly string[], edit: Edit): Place[] {
    const isCandidate = (value: number): boolean =>
      edit === gone || (edit === early ? value !== earliest : value !== 0);
    return Object.entries(this.best.tape).flatMap(([lane, values]) =>
      kinds.includes(kindOf(lane))
        ? values.flatMap((value, at) => (isCandidate(value) ? [{ lane, at }] : []))
        : [],
    );
  }

  /** Single numbers: by halving, as small as will do. */
  #smaller(): void {
    for (const lane of Object.keys(this.best.tape))
      for (let at = 0; at < (this.best.tape[lane]?.length ?? 0); at++) {
        let least = 0;
        for (let value = this.#valueAt(lane, at); least < value; value = this.#valueAt(lane, at)) {
          if (this.attempts >= this.#limit) return;
          const wanted = (least + value) >> 1;
          const set: Edit = (values) => void (values[at] = wanted);
          if (!this.#try(edited(this.best.tape, [{ lane, at }], set))) least = wanted + 1;
        }
      }
  }

  #valueAt = (lane: string, at: number): number => this.best.tape[lane]?.[at] ?? 0;

  #try(tape: Tape): boolean {
    this.attempts += 1;
    const result = this.#attempt(tape);
    if (result === undefined || !isSmaller(result, this.best)) return false;
    this.best = result;
    return true;
  }
}

/** From the last to the first, so that leaving one out moves none that is still to be edited. */
function edited(tape: Tape, places: readonly Place[], edit: Edit): Tape {
  const lanes: Record<string, number[]> = {};
  for (const { lane, at } of places.toReversed()) edit((lanes[lane] ??= [...(tape[lane] ?? [])]), at);
  return { ...tape, ...lanes };
}

export const faultsOf = ({ used }: Performance): number =>
  Object.values(used).reduce((sum, count) => sum + count, 0);

function sizeOf(run: Performance): readonly number[] {
  const values = Object.values(run.tape).flat();
  const sum = values.reduce((total, value) => total + value, 0);
  return [faultsOf(run), run.steps, run.time, values.filter((value) => value !== 0).length, sum];
}

/** Fewer faults, then fewer actions, then less time, then fewer and smaller numbers. */
export function isSmaller(run: Performance, other: Performance): boolean {
  const [size, than] = [sizeOf(run), sizeOf(other)];
  const at = size.findIndex((value, index) => value !== than[index]);
  return at >= 0 && (size[at] as number) < (than[at] as number);
}
