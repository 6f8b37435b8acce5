import { TroupeError } from '../../errors.ts';
import type { Clock, TimerHandle } from '../../ports.ts';

/** Watches over operations that must not take longer than a time, with one timer for all of them. */
export interface Watch {
  /** The same outcome, or STORE_UNAVAILABLE when it takes too long: then it is unknown. */
  within<T>(operation: Promise<T>, what: string): Promise<T>;
  /** Resolves when all operations have come to an end, however. */
  idle(): Promise<void>;
}

interface Watched {
  readonly due: number;
  readonly giveUp: () => void;
}

/** @param timeout the same for all, ms: so the oldest is due first */
export function createWatch(clock: Clock, timeout: number, store: string): Watch {
  const queue = new Set<Watched>();
  let timer: TimerHandle;
  let isSet = false;
  let idlers: (() => void)[] = [];

  const look = (): void => {
    isSet = false;
    for (const each of queue) {
      if (each.due > clock.now()) return set(each);
      each.giveUp();
    }
  };
  const set = (first: Watched): void => {
    isSet = true;
    timer = clock.setTimeout(look, Math.max(1, first.due - clock.now()), true);
  };
  const leave = (each: Watched): void => {
    if (!queue.delete(each) || queue.size > 0) return;
    if (isSet) clock.clearTimeout(timer);
    isSet = false;
    const waiting = idlers;
    idlers = [];
    for (const resolve of waiting) resolve();
  };
  return {
    async within(operation, what) {
      return new Promise((resolve, reject) => {
        const each: Watched = {
          due: clock.now() + timeout,
          giveUp() {
            leave(each);
            reject(overdue(store, what, timeout));
          },
        };
        queue.add(each);
        if (!isSet) set(each);
        operation.then(
          (value) => {
            leave(each);
            resolve(value);
          },
          (error: unknown) => {
            leave(each);
            reject(error);
          },
        );
      });
    },
    async idle() {
      if (queue.size > 0) await new Promise<void>((resolve) => idlers.push(resolve));
    },
  };
}

const overdue = (store: string, what: string, timeout: number): TroupeError =>
  new TroupeError(
    'STORE_UNAVAILABLE',
    `The store ${store} did not ${what} within ${timeout} ms (limits.store): it may have been done or not. Is its disk slow, or another process stopped in the middle of a write?`,
    { retryable: true },
  );
