import type { Clock, TimerHandle } from '../ports.ts';

/** Those whose time is over together. Keep it to cancel. */
export interface Deadline {
  readonly numbers: Set<number>;
  readonly at: number;
  timer: TimerHandle;
}

/** Deadlines are kept to this, rounded up, ms: hundreds of thousands of them need a hundred timers a second. */
const GRAIN = 10;
/** A shorter time is kept to the millisecond. */
const SHORT = 100;

/** Many deadlines, few timers: most asks are answered, and a timer each is a good part of what an ask costs. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #expire: (number: number) => void;
  readonly #byTime = new Map<number, Deadline>();

  constructor(clock: Clock, expire: (number: number) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** @param ms until `expire` is called with this number */
  add(number: number, ms: number): Deadline {
    const now = this.#clock.now();
    const due = now + ms;
    const at = ms < SHORT ? Math.ceil(due) : Math.ceil(due / GRAIN) * GRAIN;
    let deadline = this.#byTime.get(at);
    if (deadline === undefined) {
      deadline = { numbers: new Set(), at, timer: undefined };
      const numbers = deadline.numbers;
      deadline.timer = this.#clock.setTimeout(() => this.#over(at, numbers), at - now);
      this.#byTime.set(at, deadline);
    }
    deadline.numbers.add(number);
    return deadline;
  }

  /** The last one out ends the timer, so that a process that waits for nothing can exit. */
  cancel(number: number, { numbers, at, timer }: Deadline): void {
    numbers.delete(number);
    if (numbers.size > 0 || !this.#byTime.delete(at)) return;
    this.#clock.clearTimeout(timer);
  }

  #over(at: number, numbers: ReadonlySet<number>): void {
    this.#byTime.delete(at);
    for (const number of numbers) this.#expire(number);
  }
}
