import type { EventObject } from 'xstate';
import type { Ref, Self } from './ref.ts';
import type { Timer } from './state.ts';

type Timers = readonly Timer[];

/** The timers without the one of that id; the same array when there is none. */
export const without = (timers: Timers, id: string): Timers =>
  timers.some((timer) => timer.id === id) ? timers.filter((timer) => timer.id !== id) : timers;

/** Timers without an id are different timers. */
export function freeId(timers: Timers, type: string): string {
  const ids = new Set(timers.map(({ id }) => id));
  let number = 0;
  while (ids.has(`${type}#${number}`)) number += 1;
  return `${type}#${number}`;
}

/** A timer as it is set; one of the same id makes way (XState lets both fire, and the first can no longer be cancelled). */
export function armed(timers: Timers, id: string, event: EventObject, delay: number, to: Self | Ref): Timers {
  const target = to.logic === undefined ? undefined : to;
  return [...without(timers, id), { id, event, delay, to: to.path, target }];
}
