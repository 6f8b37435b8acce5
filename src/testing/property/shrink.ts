import type fc from 'fast-check';
import type { Move } from '../paths/move.ts';
import { playMoves, type Play, type Stage } from './play.ts';

/** Runs tried to make a failing one shorter and simpler, count. */
const attempts = 5_000;
/** Simpler forms of one payload that are tried, count. */
const forms = 50;

/** Payloads of events, by type. */
export type Arbitraries = Readonly<Record<string, fc.Arbitrary<object>>>;

/**
 * The fewest and simplest moves that still violate the same property. Blocks of moves are left out, halves first, down to single ones
 * (delta debugging: Zeller and Hildebrandt, 2002), also while all that comes after gets its simplest payload, for one move often is only
 * there to make another possible; then payloads are simplified one by one, by their own arbitraries. All of it until nothing helps.
 */
export function shortened(stage: Stage, failing: Play, arbitraries: Arbitraries): Play {
  return new Shortening(stage, failing, arbitraries).run();
}

class Shortening {
  #best: Play;
  #left = attempts;
  readonly #stage: Stage;
  readonly #property: string | undefined;
  readonly #arbitraries: Arbitraries;

  constructor(stage: Stage, failing: Play, arbitraries: Arbitraries) {
    this.#stage = stage;
    this.#best = failing;
    this.#property = failing.failed;
    this.#arbitraries = arbitraries;
  }

  run(): Play {
    let before: Play;
    do {
      before = this.#best;
      this.#shorten();
      this.#simplify();
    } while (this.#best !== before && this.#left > 0);
    return this.#best;
  }

  #shorten(): void {
    for (let size = this.#best.moves.length; size >= 1; size >>= 1)
      for (let from = 0; from < this.#best.moves.length;) {
        const rest = this.#best.moves.toSpliced(from, size);
        const simplest = rest.map((move, at) => (at < from ? move : (this.#simpler(move)[0] ?? move)));
        if (!this.#fails(rest, false) && !this.#fails(simplest, false)) from += size;
      }
  }

  #simplify(): void {
    for (let at = 0; at < this.#best.moves.length; at += 1) {
      let progress = true;
      while (progress) {
        const move = this.#best.moves[at];
        progress =
          move !== undefined &&
          this.#simpler(move).some((form) => this.#fails(this.#best.moves.with(at, form), true));
      }
    }
  }

  /** The same event with simpler payloads, the simplest first. */
  #simpler(move: Move): Move[] {
    const arbitrary = move.kind === 'event' ? this.#arbitraries[move.event.type] : undefined;
    if (move.kind !== 'event' || arbitrary === undefined) return [];
    const { type, ...payload } = move.event;
    if (!arbitrary.canShrinkWithoutContext(payload)) return [];
    return [...arbitrary.shrink(payload, undefined).take(forms)].map(({ value }): Move => ({
      kind: 'event',
      event: { ...value, type },
    }));
  }

  /** @param kept must the run keep its length, or become shorter? */
  #fails(moves: readonly Move[], kept: boolean): boolean {
    if (this.#left <= 0) return false;
    this.#left -= 1;
    const run = playMoves(this.#stage, moves);
    const longest = this.#best.moves.length - (kept ? 0 : 1);
    if (run.failed !== this.#property || run.moves.length > longest) return false;
    this.#best = run;
    return true;
  }
}
