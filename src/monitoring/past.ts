import {
  readHistory,
  type HistoryEntry,
  type Records,
  type StoredCommit,
} from '../durable/history/history.ts';
import type { Cause } from '../durable/commit.ts';
import type { Logic } from '../actor/logic.ts';
import type { Address } from '../message/address.ts';
import { stampTime } from '../message/clock.ts';
import type { TakenTransition } from './entry.ts';
import { begunAs, takenOver } from './stored.ts';
import type { Ring } from './ring.ts';
import type { RecordedSnapshot } from './recording.ts';
import type { Values } from './values.ts';

/** One moment of an actor's past, as an inspector shows it. */
export interface PastMoment {
  readonly number: number;
  readonly time: number;
  readonly node: string;
  /** What was decided over, in words: event types, timers. */
  readonly causes: readonly string[];
  readonly snapshot: RecordedSnapshot;
  readonly sent: readonly { readonly to: string; readonly event: { readonly type: string } }[];
  readonly timers: readonly { readonly id: string; readonly event: string; readonly due: number }[];
  /** The transitions that were taken, in order; absent where that is not known. */
  readonly taken?: readonly TakenTransition[];
  /** It is there and cannot be read: why. */
  readonly unreadable?: string;
}

export interface Past {
  readonly moments: readonly PastMoment[];
  readonly more: boolean;
}

export interface PastOptions {
  readonly before?: number | undefined;
  /** Moments, count. */
  readonly limit: number;
  /** Of all of them, as JSON. */
  readonly bytes: number;
  readonly values: Values;
  /** What the actor is made of, where that is known: it tells which transitions were taken. */
  readonly logic?: Logic | undefined;
}

const NOTHING: RecordedSnapshot = { status: '' };

/** The last commits before a number, as many as fit into `bytes`. @throws as `readHistory` */
export async function storedPast(
  records: Records,
  address: Address,
  { before, limit, bytes, values, logic }: PastOptions,
): Promise<Past> {
  // History is bounded (limits.history), and older commits are the base of newer ones: all of it is read.
  const kept: HistoryEntry[] = [];
  let more = false;
  let last = 0;
  for await (const entry of readHistory(records, address)) {
    const number = 'number' in entry ? entry.number : last + 1;
    if (before !== undefined && number >= before) break;
    last = number;
    kept.push(entry);
    // One more: what was taken is told by what was there before.
    if (kept.length > limit + 1) kept.shift();
  }
  const taken = logic === undefined ? [] : takenIn(logic, kept);
  if (kept.length > limit) {
    kept.shift();
    taken.shift();
    more = true;
  }
  let number = last - kept.length;
  const stored = kept.map((entry, at) => {
    const each = taken[at];
    return { ...momentOf(entry, ++number, values), ...(each === undefined ? {} : { taken: each }) };
  });
  // What was taken is known: then so is how it began.
  const moments =
    logic === undefined || taken[0] === undefined ? stored : withBeginning(stored, kept[0], logic, values);
  let left = bytes;
  const first = moments.findLastIndex((moment) => (left -= JSON.stringify(moment).length) < 0);
  return { moments: moments.slice(first + 1), more: more || first >= 0 };
}

function momentOf(entry: HistoryEntry, number: number, values: Values): PastMoment {
  if ('unreadable' in entry) {
    const { unreadable } = entry;
    return { number, time: 0, node: '', causes: [], snapshot: NOTHING, sent: [], timers: [], unreadable };
  }
  const { at, node, machine, causes, status, value, context, timers, effects = [] } = entry;
  return {
    number: entry.number,
    time: at,
    node,
    causes: causes.slice(0, MOST).map(causeInWords),
    snapshot: values.snapshot(machine, { ...outcomeOf(entry), status, value, context }),
    sent: effects
      .slice(0, MOST)
      .flatMap((effect) =>
        'to' in effect && 'event' in effect ? [{ to: effect.to, event: { type: effect.event.type } }] : [],
      ),
    timers: timers
      .slice(0, MOST)
      .map(({ path, id, event, due }) => ({ id: [...path, id].join('/'), event: event.type, due })),
  };
}

/** What came before the actor was first stored came to one that had begun: that is a moment of its own, before the first commit. */
function withBeginning(
  moments: readonly PastMoment[],
  entry: HistoryEntry | undefined,
  logic: Logic,
  values: Values,
): readonly PastMoment[] {
  const [first, ...others] = moments;
  if (first?.number !== 1 || entry === undefined || 'unreadable' in entry) return moments;
  const begun = begunAs(logic, entry);
  if (begun === undefined) return moments;
  const [start = '', ...causes] = first.causes;
  const snapshot = values.snapshot(entry.machine, begun);
  const beginning = { ...first, number: 0, causes: [start], snapshot, sent: [], timers: [], taken: [] };
  return [beginning, { ...first, causes }, ...others];
}

const MOST = 100;
/** Moments of one answer of which it is worked out what was taken, the last ones, count. */
const WORKED_OUT = 200;

/** Of each entry what was taken, as far as that can be told from the one before. */
function takenIn(logic: Logic, entries: readonly HistoryEntry[]): (readonly TakenTransition[] | undefined)[] {
  return entries.map((entry, at) => {
    const before = entries[at - 1];
    if (at < entries.length - WORKED_OUT || 'unreadable' in entry) return undefined;
    return takenOver(logic, before === undefined || 'unreadable' in before ? undefined : before, entry);
  });
}

const outcomeOf = ({ state }: StoredCommit): { output?: unknown; error?: unknown } => {
  const { output, error } = state.actor as { output?: unknown; error?: unknown };
  return { output, error };
};

function causeInWords(cause: Cause): string {
  switch (cause.kind) {
    case 'start':
      return 'start';
    case 'message':
      return cause.event.type;
    case 'timer':
      return `timer ${cause.id}`;
    case 'settled':
      return `${cause.path.join('/')} ${cause.outcome === 'done' ? 'done' : 'failed'}`;
    case 'event':
      return cause.event.type;
  }
}

/** What is remembered of an actor that is not stored: the messages it was handed last. Its snapshots are told only while somebody looks. */
export function rememberedPast(ring: Ring, node: string, address: Address, limit: number): Past {
  const handled = [...ring.entries()].filter((each) => each.address === address);
  const first = Math.max(0, handled.length - limit);
  return {
    moments: handled.slice(first).map(({ envelope }, at) => ({
      number: first + at + 1,
      time: stampTime(envelope.clock),
      node,
      causes: [envelope.event.type],
      snapshot: NOTHING,
      sent: [],
      timers: [],
    })),
    more: first > 0,
  };
}
