import type { Ending } from '../actor/host.ts';
import type { Parting } from '../actor/resident.ts';
import type { Clock, TimerHandle } from '../ports.ts';

export interface FollowOptions {
  readonly clock: Clock;
  /** Wait before the second and later attempts in a row, ms. */
  readonly pause: number;
  /** Begin to observe where the actor lives now; returns how to stop. */
  readonly attach: (part: (parting: Parting) => void) => () => void;
  readonly end: (ending: Ending) => void;
}

/**
 * Observe a virtual actor wherever it goes: when its node lets go of it or dies, observing begins again at the next owner.
 * @returns how to stop
 */
export function follow({ clock, pause, attach, end }: FollowOptions): () => void {
  let wanted = true;
  let stop = (): void => undefined;
  let attempt = 0;
  let timer: TimerHandle;
  const begin = (): void => {
    if (!wanted) return;
    const number = ++attempt;
    stop = attach((parting) => {
      if (!wanted) return;
      if (parting.reason !== 'moved' && parting.reason !== 'node-down') {
        wanted = false;
        return end(parting);
      }
      // Later: the owners are worked out anew while this is told. Views that do not agree yet take a moment.
      timer = clock.setTimeout(begin, number === 1 ? 0 : pause, true);
    });
  };
  begin();
  return () => {
    wanted = false;
    clock.clearTimeout(timer);
    stop();
  };
}
