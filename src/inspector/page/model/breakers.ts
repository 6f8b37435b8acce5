import type { Line, RecordedSnapshot } from '../../../monitoring/recording.ts';
import type { Entry } from '../../../monitoring/entry.ts';
import type { Journal } from '../journal.ts';
import { serviceOf } from './messages-address.ts';
import { push } from './messages-lists.ts';
import { stateText } from '../parts/words.ts';

export type BreakerState = 'closed' | 'open' | 'halfOpen' | 'forcedOpen' | 'disabled';
export type Cell = 'good' | 'slow' | 'failed' | 'slowFailed' | 'empty';

export interface Breaker {
  readonly address: string;
  readonly name: string;
  readonly node?: string;
  readonly state: BreakerState;
  /** Since when, ms since the epoch; not known when the change was not seen. */
  readonly since?: number;
  /** When it will let trial calls through, of an open one; when it gives up waiting for them, of a half-open one. */
  readonly until?: number;
  /** The last calls, oldest first, filled up to the size of the window. Empty: the machine keeps no such window. */
  readonly cells: readonly Cell[];
  readonly calls: number;
  readonly failed: number;
  /** Per cent; absent below the minimum number of calls. */
  readonly rate?: number;
  readonly slowRate?: number;
  readonly threshold?: number;
  readonly minimum?: number;
  /** Permits of the half-open state, given and to be given. */
  readonly permits?: readonly [given: number, all: number];
  /** Since it left the closed state. */
  readonly rejected: number;
  /** Who was refused, and how often: the actor for which the call was to be made, a service by its name. */
  readonly refused: readonly (readonly [who: string, times: number])[];
  readonly changes: readonly Change[];
  /** When something was last seen of it. */
  readonly seen?: number;
  /** Calls, in periods. */
  readonly load: readonly Load[];
}

export interface Change {
  readonly time: number;
  readonly state: BreakerState;
}

export interface Load {
  readonly from: number;
  readonly to: number;
  /** Calls that were made and reported; of them, slow ones that did not fail, and those that failed. */
  readonly calls: number;
  readonly slow: number;
  readonly failed: number;
  /** Calls that were not made. */
  readonly refused: number;
}

/** Breakers of one name: one actor that all nodes ask, or one on each node. */
export interface BreakerGroup {
  readonly name: string;
  /** The worst. */
  readonly state: BreakerState;
  readonly breakers: readonly Breaker[];
}

interface Shape {
  readonly name?: unknown;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly window?: { readonly outcomes?: unknown; readonly size?: unknown; readonly minimum?: unknown };
  readonly permits?: unknown;
  readonly notPermittedCalls?: unknown;
}

/** Words others use for the states, without case and punctuation. */
const states: Readonly<Record<string, BreakerState>> = {
  closed: 'closed',
  open: 'open',
  opened: 'open',
  tripped: 'open',
  halfopen: 'halfOpen',
  forcedopen: 'forcedOpen',
  disabled: 'disabled',
};
const severity: readonly BreakerState[] = ['forcedOpen', 'open', 'halfOpen', 'disabled', 'closed'];
const cellOf: Readonly<Record<string, Cell>> = { '.': 'good', s: 'slow', F: 'failed', S: 'slowFailed' };

const number = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const contextOf = (snapshot: RecordedSnapshot | undefined): Shape =>
  typeof snapshot?.context === 'object' && snapshot.context !== null ? snapshot.context : {};

const stateOf = (snapshot: RecordedSnapshot | undefined): BreakerState | undefined =>
  states[
    stateText(snapshot?.value)
      .toLowerCase()
      .replace(/[^a-z]/g, '')
  ];

/** The library's breaker by its context; others by a state that only breakers have, or by being called so. */
function isBreaker(
  address: string,
  snapshot: RecordedSnapshot | undefined,
  machine: string | undefined,
): boolean {
  if (stateOf(snapshot) === undefined) return false;
  if (typeof contextOf(snapshot).window?.outcomes === 'string') return true;
  return /breaker|circuit/i.test(`${address} ${machine ?? ''}`) || /half/i.test(stateText(snapshot?.value));
}

export function breakersOf(journal: Pick<Journal, 'actors' | 'byActor' | 'all'>): BreakerGroup[] {
  const groups = new Map<string, Breaker[]>();
  const askers = askersOf(journal.all);
  for (const [address, { snapshot, entry, ended }] of journal.actors) {
    if (ended !== undefined || !isBreaker(address, snapshot, entry?.machine)) continue;
    const breaker = breakerOf(address, snapshot, journal.byActor(address), { node: entry?.node, askers });
    push(groups, breaker.name, breaker);
  }
  return [...groups]
    .map(([name, breakers]) => ({
      name,
      breakers,
      state: severity.find((each) => breakers.some(({ state }) => state === each)) ?? 'closed',
    }))
    .sort((a, b) => severity.indexOf(a.state) - severity.indexOf(b.state) || a.name.localeCompare(b.name));
}

function breakerOf(
  address: string,
  snapshot: RecordedSnapshot | undefined,
  lines: readonly Line[],
  { node, askers }: { readonly node: string | undefined; readonly askers: Askers },
): Breaker {
  const { name, settings = {}, window, permits, notPermittedCalls } = contextOf(snapshot);
  const state = stateOf(snapshot) ?? 'closed';
  const changes = changesOf(address, lines);
  const since = changes.at(-1)?.time;
  const outcomes = typeof window?.outcomes === 'string' ? window.outcomes : '';
  const size = number(window?.size) ?? 0;
  const minimum = number(window?.minimum);
  const [failed, slow] = [count(outcomes, 'FS'), count(outcomes, 'sS')];
  const enough = outcomes.length > 0 && outcomes.length >= (minimum ?? 1);
  const wait = { open: 'waitDurationInOpenState', halfOpen: 'maxWaitDurationInHalfOpenState' }[
    state as 'open'
  ];
  const length = number(settings[wait]) ?? 0;
  const allPermits = number(settings['permittedNumberOfCallsInHalfOpenState']);
  const shownNode = node ?? lines.at(-1)?.node;
  const threshold = number(settings['failureRateThreshold']);
  return {
    address,
    name: typeof name === 'string' ? name : address,
    state,
    cells: [
      ...Array.from(outcomes, (letter) => cellOf[letter] ?? 'good'),
      ...Array.from({ length: Math.min(200, size) - outcomes.length }, () => 'empty' as const),
    ],
    calls: outcomes.length,
    failed,
    rejected: number(notPermittedCalls) ?? 0,
    refused: refusedBy(address, lines, askers),
    changes,
    load: loadOf(address, lines, number(settings['slowCallDurationThreshold'])),
    ...(shownNode === undefined ? {} : { node: shownNode }),
    ...(since === undefined ? {} : { since, seen: lines.at(-1)?.time ?? since }),
    ...(since === undefined || length === 0 ? {} : { until: since + length }),
    ...(enough ? { rate: (failed * 100) / outcomes.length, slowRate: (slow * 100) / outcomes.length } : {}),
    ...(threshold === undefined ? {} : { threshold }),
    ...(minimum === undefined ? {} : { minimum }),
    ...(state === 'halfOpen' && allPermits !== undefined
      ? { permits: [number(permits) ?? 0, allPermits] }
      : {}),
  };
}

const count = (outcomes: string, letters: string): number =>
  Array.from(outcomes).filter((letter) => letters.includes(letter)).length;

function changesOf(address: string, lines: readonly Line[]): Change[] {
  const changes: Change[] = [];
  for (const { snapshots, time, step } of lines) {
    const state = stateOf(snapshots[address]);
    if (state !== undefined && state !== changes.at(-1)?.state) changes.push({ time: time ?? step, state });
  }
  return changes;
}

/** By the id of a message: the actor that took it. */
type Askers = ReadonlyMap<string, string>;

/** What asks a breaker is mostly a function: for which actor it ran is said by the message that caused the question. */
function askersOf(entries: readonly Entry[]): Askers {
  const lines = entries.filter((entry) => entry.kind === 'step');
  const causes = new Set(lines.flatMap((line) => (isAcquire(line) ? (line.message?.cause ?? []) : [])));
  return new Map(
    lines.flatMap(({ message, action }) => {
      const to = (action['sent'] as { readonly to?: string } | undefined)?.to;
      return message !== undefined && to !== undefined && causes.has(message.id) ? [[message.id, to]] : [];
    }),
  );
}

interface Sent {
  readonly from?: string;
  readonly event?: { readonly type?: string; readonly replyTo?: string; readonly duration?: number };
}
const sentOf = ({ action }: Line): Sent => (action.kind === 'deliver' ? (action['sent'] as Sent) : {});
const isAcquire = (line: Line): boolean => sentOf(line).event?.type === 'ACQUIRE';
const isRefusal = (address: string, { sent }: Line): boolean =>
  sent.some(({ from, event }) => from === address && event.type === 'REJECTED');

/** Whom the breaker told to stay away: actors, and functions by their node where nothing says for whom they ran. */
function refusedBy(address: string, lines: readonly Line[], askers: Askers): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const line of lines) {
    if (!isRefusal(address, line)) continue;
    const { from = '', event } = sentOf(line);
    const node = event?.replyTo?.split('@')[1];
    const actor = from !== '' ? from : askers.get(line.message?.cause ?? '');
    const who =
      actor !== undefined
        ? (serviceOf(actor) ?? actor)
        : node === undefined
          ? 'code outside'
          : `code on node ${node}, no actor`;
    counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

const PERIODS = 60;

/** How the calls it protects went, by what their callers report, and how many were not made. */
function loadOf(address: string, lines: readonly Line[], slowFrom = Infinity): Load[] {
  const reports = lines.flatMap((line) => {
    const { type = '', duration = 0 } = sentOf(line).event ?? {};
    const time = line.time ?? line.step;
    if (type === 'SUCCESS' || type === 'FAILURE') {
      const failed = Number(type === 'FAILURE');
      return [{ time, calls: 1, slow: Number(failed === 0 && duration > slowFrom), failed, refused: 0 }];
    }
    return isRefusal(address, line) ? [{ time, calls: 0, slow: 0, failed: 0, refused: 1 }] : [];
  });
  const [first, last] = [reports[0]?.time, reports.at(-1)?.time];
  if (first === undefined || last === undefined) return [];
  const length = Math.max(1, (last - first) / PERIODS);
  const load: { -readonly [K in keyof Load]: Load[K] }[] = [];
  for (const { time, ...counts } of reports) {
    const from = first + Math.floor((time - first) / length) * length;
    const period = load.at(-1);
    if (period?.from !== from) load.push({ from, to: from + length, ...counts });
    else for (const key of ['calls', 'slow', 'failed', 'refused'] as const) period[key] += counts[key];
  }
  return load;
}
