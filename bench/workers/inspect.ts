import type { AskRound, Load } from './ask.ts';

/** One process of the benchmark of looking: it answers, asks, or looks. */
export interface InspectWorker {
  respond(place: Place): Promise<void>;
  connect(place: Place): Promise<void>;
  /** Look at the whole system until the process ends. */
  watch(place: Place & { readonly rate: number }): Promise<void>;
  round(load: Load): Promise<AskRound>;
  /** CPU time of this process since it began, seconds. */
  cpu(): Promise<number>;
  /** What the one that looks has been told since this was last called. */
  told(): Promise<Told>;
}

export interface Place {
  readonly url: string;
  readonly system: string;
  /** May the node be looked at? */
  readonly inspect: boolean;
}

export interface Told {
  readonly lines: number;
  readonly bytes: number;
  readonly dropped: number;
}
