import type { Line, RecordedSnapshot } from '../../../monitoring/recording.ts';
import type { Journal } from '../journal.ts';
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
  /** Who was refused, and how often. */
  readonly refused: readonly (readonly [who: string, times: number])[];
  readonly changes: readonly Change[];
  /** When something was last seen of it. */
  readonly seen?: number;
  /** Calls reported to it, in periods. */
  readonly load: readonly Load[];
}

export interface Change {
  readonly time: number;
  readonly state: BreakerState;
}

export interface Load {
  readonly from: number;
  readonly to: number;
  readonly calls: number;
  readonly failed: number;
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

export function breakersOf(journal: Pick<Journal, 'actors' | 'byActor'>): BreakerGroup[] {
  const groups = new Map<string, Breaker[]>();
  for (const [address, { snapshot, entry, ended }] of journal.actors) {
    if (ended !== undefined || !isBreaker(address, snapshot, entry?.machine)) continue;
    const breaker = breakerOf(address, snapshot, journal.byActor(address), entry?.node);
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
  node: string | undefined,
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
    refused: refusedBy(address, lines),
    changes,
    load: loadOf(address, lines),
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

/** Whom the breaker told to stay away: by address, or by node where a function asked. */
function refusedBy(address: string, lines: readonly Line[]): (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { action, sent } of lines) {
    if (
      action.kind !== 'deliver' ||
      !sent.some(({ from, event }) => from === address && event.type === 'REJECTED')
    )
      continue;
    const { from = '', event } = action['sent'] as { from?: string; event?: { replyTo?: string } };
    const node = event?.replyTo?.split('@')[1];
    const who = from !== '' ? from : node === undefined ? 'outside' : `code on ${node}`;
    counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

const PERIODS = 60;

/** How the calls it protects went: from what their callers report. */
function loadOf(address: string, lines: readonly Line[]): Load[] {
  const reports = lines.flatMap(({ action, time, step }) => {
    const sent = action['sent'] as { to?: string; event?: { type?: string } } | undefined;
    const type = action.kind === 'deliver' && sent?.to === address ? sent.event?.type : undefined;
    return type === 'SUCCESS' || type === 'FAILURE'
      ? [{ time: time ?? step, failed: type === 'FAILURE' }]
      : [];
  });
  const [first, last] = [reports[0]?.time, reports.at(-1)?.time];
  if (first === undefined || last === undefined) return [];
  const length = Math.max(1, (last - first) / PERIODS);
  const load: { from: number; to: number; calls: number; failed: number }[] = [];
  for (const { time, failed } of reports) {
    const from = first + Math.floor((time - first) / length) * length;
    const period = load.at(-1);
    if (period?.from === from) {
      period.calls += 1;
      period.failed += Number(failed);
    } else load.push({ from, to: from + length, calls: 1, failed: Number(failed) });
  }
  return load;
}
