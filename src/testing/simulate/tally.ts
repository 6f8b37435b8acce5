import type { Action } from '../model/action.ts';

/** How often what happened in runs, by name. */
export interface Counts {
  /** Messages sent by actors; what a fault made is not among them. */
  sent: number;
  delivered: number;
  /** Delivered, but the receiver did not heed it in the state it was in. */
  unheeded: number;
  /** Addressed to nobody of the system. */
  deadLetters: number;
  lost: number;
  duplicated: number;
  corrupted: number;
  forged: number;
  /** Overtaken by all behind it; counted as lost and forged as well. */
  reordered: number;
  /** Far later than usual. */
  delayed: number;
  choices: number;
  timeouts: number;
  settlements: number;
  crashes: number;
  restarts: number;
  partitions: number;
  heals: number;
}

export type Counter = keyof Counts;

export const noCounts = (): Counts => ({
  sent: 0,
  delivered: 0,
  unheeded: 0,
  deadLetters: 0,
  lost: 0,
  duplicated: 0,
  corrupted: 0,
  forged: 0,
  reordered: 0,
  delayed: 0,
  choices: 0,
  timeouts: 0,
  settlements: 0,
  crashes: 0,
  restarts: 0,
  partitions: 0,
  heals: 0,
});

export const counterOf: Readonly<Record<Action['kind'], Counter>> = {
  deliver: 'delivered',
  choose: 'choices',
  timeout: 'timeouts',
  settle: 'settlements',
  lose: 'lost',
  duplicate: 'duplicated',
  crash: 'crashes',
  restart: 'restarts',
  partition: 'partitions',
  heal: 'heals',
  corrupt: 'corrupted',
  forge: 'forged',
};

/** Add the counts of a run to those of all. */
export function addTo(all: Counts, run: Counts): void {
  for (const name of Object.keys(all) as Counter[]) all[name] += run[name];
}
