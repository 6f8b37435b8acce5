/** Entries that are looked at together, at most: more could not be read. */
export const WINDOW = 20_000;
const FIRST = 2_000;
const LEAST = 1_000;
/** Time in which what is shown of a running system is worked out and drawn, ms: beyond it the page would not answer. */
const BUDGET = 50;

/** How many of the last entries of a running system are looked at together: as many as the browser works through at once. */
export class Room {
  entries = FIRST;

  /** Working through them took so long. Is there room for more now? */
  took(ms: number): boolean {
    const before = this.entries;
    if (ms > BUDGET) this.entries = Math.max(LEAST, Math.floor((before * BUDGET) / ms));
    else if (ms < BUDGET / 2) this.entries = Math.min(WINDOW, before * 1.5);
    return this.entries > before;
  }
}
