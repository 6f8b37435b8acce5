import type { Logic } from '../../actor/logic.ts';
import { withVoice } from '../../actor/speak.ts';
import type { HistoryEntry } from './history.ts';

export interface ReplayOptions {
  /** Of the machine: commits of other versions are passed over. Default: the `version` of the machine, or "0". */
  readonly version?: string;
}

/** Where a replica first is another than what was stored. */
export interface ReplayDifference {
  /** Of the commit. */
  readonly number: number;
  /** Within the actor: `context.total`, `children.timer.value`. */
  readonly at: string;
  readonly stored: unknown;
  readonly replayed: unknown;
}

export interface Replay {
  /** Commits whose causes led to the state that was stored. */
  readonly replayed: number;
  /** Commits whose state was taken as it is, because the one before is not there to go on from. */
  readonly given: number;
  /** Commits that cannot be read, or that another machine or version stored. */
  readonly passed: number;
  readonly difference?: ReplayDifference;
}

/**
 * Run a machine over the causes that a durable actor has stored, and compare: order and equal decisions make equal replicas (the theorem
 * of 4.1.2.2 in the foundations of this project, and of every replicated state machine: Schneider, 1990). A difference means that the
 * machine is another one than that which stored, or that it decides by something besides its state and its events, such as the time or
 * chance. Nothing is done: no effect is performed.
 * @returns after the first difference, or the last commit
 * @throws TroupeError UNKNOWN_STATE, NOT_PROVIDED when the machine does not know what is stored
 */
export async function replayHistory(
  logic: Logic,
  history: AsyncIterable<HistoryEntry>,
  options: ReplayOptions = {},
): Promise<Replay> {
  // With the first history, so that `import 'troupe'` stays light.
  const { Replica } = await import('./replica.ts');
  const replica = new Replica(withVoice(logic), options.version);
  let [replayed, given, passed] = [0, 0, 0];
  for await (const entry of history) {
    const outcome = replica.take(entry);
    if (outcome === 'passed') passed += 1;
    else if (outcome === 'given') given += 1;
    else if (outcome === 'same') replayed += 1;
    else return { replayed, given, passed, difference: outcome };
  }
  return { replayed, given, passed };
}
