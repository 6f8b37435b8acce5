/** A moment no run takes place at, ms since the epoch: the year 2100, at an odd time of day. */
const FAR = 4_102_484_967_891;

/**
 * Run something synchronous while it is another time, for all that read the time from `Date`. Asked twice within a millisecond, a chart
 * that reads the clock would otherwise seem to decide the same. Dates that exist stay dates.
 */
export function atAnotherTime<T>(run: () => T): T {
  const real = globalThis.Date;
  class Later extends real {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the parameters of Date's constructors have no common type
    constructor(...given: any[]) {
      super(...((given.length === 0 ? [FAR] : given) as [number]));
    }
    static override now(): number {
      return FAR;
    }
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof real;
    }
  }
  globalThis.Date = Later as DateConstructor;
  try {
    return run();
  } finally {
    globalThis.Date = real;
  }
}
