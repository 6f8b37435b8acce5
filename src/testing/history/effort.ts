import { checkKnown, TroupeError } from '../../errors.ts';
import { systemClock, type Clock } from '../../ports.ts';

/** How long a search may go on; beyond it the verdict is `unknown`. */
export interface Bounds {
  /** Operations tried, count. Default 5,000,000. */
  readonly steps?: number;
  /** ms by `clock`. Default: no bound. */
  readonly timeout?: number;
  readonly clock?: Pick<Clock, 'now'>;
}

/** Steps between two looks at the clock, count. */
const interval = 1024;

/** What a search has left. */
export class Effort {
  #left: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #deadline: number;

  /** @throws TroupeError INVALID_OPTION for a bound that is not a positive number, or not known */
  constructor(bounds: Bounds = {}) {
    checkKnown(bounds, ['steps', 'timeout', 'clock'], 'The search for an order');
    const { steps = 5_000_000, timeout = Infinity, clock = systemClock } = bounds;
    for (const [name, bound] of Object.entries({ steps, timeout }))
      if (!(bound > 0))
        throw new TroupeError('INVALID_OPTION', `${name} must be a positive number, got ${String(bound)}.`);
    this.#left = steps;
    this.#clock = clock;
    this.#deadline = timeout === Infinity ? Infinity : clock.now() + timeout;
  }

  get left(): number {
    return Math.max(0, this.#left);
  }

  /** One step more; false when there is none left. */
  spend(): boolean {
    this.#left -= 1;
    if (this.#left < 0) return false;
    if (this.#deadline !== Infinity && this.#left % interval === 0 && this.#clock.now() >= this.#deadline)
      this.#left = -1;
    return this.#left >= 0;
  }
}
