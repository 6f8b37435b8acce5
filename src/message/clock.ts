/**
 * A hybrid logical clock (Kulkarni, Demirbas et al., "Logical Physical Clocks", OPODIS 2014): close to wall
 * time, and never behind anything this node has seen, so sorting by it respects happened-before.
 *
 * A stamp is one safe integer, `milliseconds * 1024 + counter`: good until the year 2248, 1024 stamps in a
 * millisecond before it runs ahead of the wall clock.
 */
export type Stamp = number;

const COUNTERS = 1024;

/** A stamp further ahead of us than this is not believed, ms: one wrong clock must not drag the cluster along. */
const MAX_AHEAD = 60_000;

export class HybridClock {
  #last: Stamp = 0;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A stamp for something that happens here now: greater than every stamp made or witnessed before. */
  tick(): Stamp {
    const wall = Math.floor(this.#now()) * COUNTERS;
    this.#last = wall > this.#last ? wall : this.#last + 1;
    return this.#last;
  }

  /** Take notice of a stamp that came with a message. */
  witness(stamp: Stamp): void {
    // A fraction would make every stamp of ours one, and those are refused by all who hear them.
    if (Number.isSafeInteger(stamp) && stamp > this.#last && stamp < (this.#now() + MAX_AHEAD) * COUNTERS)
      this.#last = stamp;
  }
}

/** The wall-clock part of a stamp, ms since the epoch. */
export const stampTime = (stamp: Stamp): number => Math.floor(stamp / COUNTERS);
