import { TroupeError } from '../../errors.ts';
import type { Timer } from '../../kernel/state.ts';
import type { Clock, TimerHandle } from '../../ports.ts';
import type { Work } from '../commit.ts';
import type { Input } from './input.ts';
import { timersOf, type Deadlines, type Live } from './live.ts';

/** The machine's timers end here, ms; a later deadline is looked at again then. */
const FARTHEST = 2 ** 31 - 1;

interface Due {
  readonly at: number;
  readonly what: Timer | Work;
  readonly input: Input;
}

const NONE: readonly Due[] = [];

/**
 * Job: one timer of the machine for all deadlines of an actor (D3). Not its job: when they are due (that was decided and stored when they
 * were set).
 */
export class Alarm {
  readonly #clock: Clock;
  readonly #deadlines: Deadlines;
  readonly #give: (input: Input) => void;
  /** Given already, and not decided over yet. */
  readonly #given = new WeakSet<Timer | Work>();
  #live: Live | undefined;
  #handle: TimerHandle;
  #at: number | undefined;

  constructor(clock: Clock, deadlines: Deadlines, give: (input: Input) => void) {
    this.#clock = clock;
    this.#deadlines = deadlines;
    this.#give = give;
  }

  /** The actor as it is now. */
  set(live: Live): void {
    this.#live = live;
    const at = this.#earliest(live);
    if (at === this.#at) return;
    this.#clock.clearTimeout(this.#handle);
    this.#handle = undefined;
    this.#at = at;
    if (at === undefined) return;
    const wait = Math.min(FARTHEST, Math.max(0, at - this.#clock.now()));
    this.#handle = this.#clock.setTimeout(() => this.#ring(), wait);
  }

  clear(): void {
    this.#clock.clearTimeout(this.#handle);
    this.#handle = this.#at = this.#live = undefined;
  }

  #earliest(live: Live): number | undefined {
    let earliest: number | undefined;
    for (const { at } of this.#due(live)) if (earliest === undefined || at < earliest) earliest = at;
    return earliest;
  }

  #due({ actor, works }: Live): readonly Due[] {
    if (actor.snapshot.status !== 'active') return [];
    const running = timersOf(actor);
    if (running.length === 0 && works.length === 0) return NONE;
    const timers = running.map(({ path, timer }) => {
      const due = this.#deadlines.get(timer) ?? 0;
      return { at: due, what: timer, input: { kind: 'timer', path, id: timer.id, due } as const };
    });
    const asks = works.flatMap((work) =>
      work.due === undefined ? [] : [{ at: work.due, what: work, input: timedOut(work) }],
    );
    return [...timers, ...asks].filter(({ what }) => !this.#given.has(what));
  }

  #ring(): void {
    this.#handle = this.#at = undefined;
    const live = this.#live;
    if (live === undefined) return;
    const now = this.#clock.now();
    const due = this.#due(live).filter(({ at }) => at <= now);
    for (const { what } of due) this.#given.add(what);
    this.set(live);
    for (const { input } of due.sort((a, b) => a.at - b.at)) this.#give(input);
  }
}

const timedOut = ({ number }: Work): Input => ({
  kind: 'settled',
  number,
  outcome: {
    error: new TroupeError(
      'TIMEOUT',
      'The answer did not come in time; whether the question took effect is unknown.',
      {
        retryable: true,
      },
    ),
  },
});
