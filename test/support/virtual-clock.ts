import type { Clock } from '../../src/ports.ts';

interface Timer {
  readonly at: number;
  readonly number: number;
  readonly fn: () => void;
}

export interface VirtualClock extends Clock {
  /** Let time pass, ms: what falls due runs in order of its time, then of its making; immediates before any timer. */
  advance(ms: number): void;
  /** Run what is to run at the end of this tick, and what that adds. */
  settle(): void;
  /** Timers that have neither fired nor been cleared. */
  readonly pending: number;
}

/** Time that passes when the test says so. `start` is ms since the epoch. */
export function virtualClock(start = 1_000_000): VirtualClock {
  const timers = new Map<number, Timer>();
  let immediates: (() => void)[] = [];
  let now = start;
  let number = 0;
  const settle = (): void => {
    while (immediates.length > 0) {
      const due = immediates;
      immediates = [];
      for (const fn of due) fn();
    }
  };
  const next = (until: number): Timer | undefined =>
    [...timers.values()]
      .filter(({ at }) => at <= until)
      .sort((a, b) => a.at - b.at || a.number - b.number)[0];
  return {
    now: () => now,
    setTimeout(fn, ms) {
      timers.set(++number, { at: now + Math.max(0, ms), number, fn });
      return number;
    },
    clearTimeout: (handle) => void timers.delete(handle as number),
    setImmediate: (fn) => void immediates.push(fn),
    endOfTick: (fn) => void immediates.push(fn),
    settle,
    advance(ms) {
      const until = now + ms;
      settle();
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer.number);
        now = timer.at;
        timer.fn();
        settle();
      }
      now = until;
    },
    get pending() {
      return timers.size;
    },
  };
}
