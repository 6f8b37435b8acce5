/** How far a search has come; shared by its tables. */
export interface Progress {
  /** Distinct states so far. */
  states: number;
  /** Values of the garbage-collected heap that the tables keep, count; a large one counts as several (interner.ts). */
  interned: number;
  /** The longest key of a value, characters: what it takes to write down the largest one. */
  longest: number;
}
