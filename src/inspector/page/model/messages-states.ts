import type { Line, RecordedSnapshot } from '../../../monitoring/recording.ts';
import type { EventObject } from 'xstate';
import { eventText } from './messages-same.ts';
import { durationText } from '../parts/words.ts';

/** An actor as it was after a line, and whether that very line made it so. */
export interface StateAt {
  readonly actor: string;
  readonly snapshot: RecordedSnapshot;
  /** The one before, when it changed at this line. */
  readonly previous?: RecordedSnapshot;
  readonly changed: boolean;
}

/** Moments of each actor, to be asked for the state after any line. */
export class States {
  readonly #moments = new Map<string, { readonly at: number; readonly snapshot: RecordedSnapshot }[]>();

  constructor(lines: readonly Line[]) {
    lines.forEach(({ snapshots }, at) => {
      for (const [actor, snapshot] of Object.entries(snapshots)) {
        const moments = this.#moments.get(actor);
        if (moments === undefined) this.#moments.set(actor, [{ at, snapshot }]);
        else moments.push({ at, snapshot });
      }
    });
  }

  /** All actors that are known after the line at this place; those it changed first. */
  after(place: number): readonly StateAt[] {
    const states: StateAt[] = [];
    for (const [actor, moments] of this.#moments) {
      const found = lastUpTo(moments, place);
      const moment = moments[found];
      if (moment === undefined) continue;
      const changed = moment.at === place;
      const previous = changed ? moments[found - 1]?.snapshot : undefined;
      states.push({
        actor,
        snapshot: moment.snapshot,
        changed,
        ...(previous === undefined ? {} : { previous }),
      });
    }
    return states.sort((a, b) => Number(b.changed) - Number(a.changed));
  }
}

function lastUpTo(moments: readonly { readonly at: number }[], place: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle]?.at ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const happenings: Readonly<Record<string, string>> = {
  lose: 'the network loses',
  duplicate: 'the network copies',
  forge: 'the network makes up',
  corrupt: 'the network changes',
};

/** Those of a run that are there from the beginning start together. */
const startText = (actors: readonly string[]): string =>
  `${actors.join(', ')} ${actors.length === 1 ? 'starts' : 'start'}`;

/** What happened in a line, in words. */
export function lineText({ action, snapshots }: Line): string {
  const sent = action['sent'] as { from?: string; to?: string; event?: { type?: string } } | undefined;
  const { actor, timer, side, event, path } = action as {
    actor?: string;
    timer?: string;
    side?: readonly string[];
    event?: { type?: string };
    path?: readonly string[];
  };
  const message = `${sent?.event?.type ?? '?'} from ${sent?.from || 'outside'} to ${sent?.to ?? '?'}`;
  const child = path === undefined || path.length === 0 ? '' : ` ${path.join('/')}`;
  switch (action.kind) {
    case 'deliver':
      return `${sent?.to ?? '?'} takes ${sent?.event?.type === undefined ? '?' : eventText(sent.event as EventObject)} from ${sent?.from || 'outside'}`;
    case 'start':
      return startText(actor === undefined ? Object.keys(snapshots) : [actor]);
    case 'timeout':
      return `timer ${timerText(timer ?? '')} of ${actor ?? '?'}${child} fires`;
    case 'settle':
      return `work${child} of ${actor ?? '?'} ${isFailure(action['outcome']) ? 'fails' : 'is done'}`;
    case 'work':
      return `work of ${actor ?? '?'} goes on`;
    case 'choose':
      return `${actor ?? '?'} is given ${event?.type ?? '?'}`;
    case 'crash':
      return `${actor ?? '?'} crashes`;
    case 'restart':
      return `${actor ?? '?'} comes back`;
    case 'partition':
      return `the network splits: ${(side ?? []).join(', ')} on one side`;
    case 'heal':
      return 'the network is whole again';
    default:
      return `${happenings[action.kind] ?? action.kind} ${sent === undefined ? (actor ?? '') : message}`.trim();
  }
}

const isFailure = (outcome: unknown): boolean =>
  typeof outcome === 'object' && outcome !== null && 'error' in outcome;

/** `xstate.after.5000.order.paying` as `5 s in order.paying`. */
export function timerText(timer: string): string {
  const [, delay, state] = /^xstate\.after\.([^.]+)\.(.+)$/.exec(timer) ?? [];
  if (delay === undefined || state === undefined) return timer;
  return `${/^\d+$/.test(delay) ? durationText(Number(delay)) : delay} in ${state}`;
}
