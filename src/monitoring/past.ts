import {
  readHistory,
  type HistoryEntry,
  type Records,
  type StoredCommit,
} from '../durable/history/history.ts';
import type { Cause } from '../durable/commit.ts';
import type { Address } from '../message/address.ts';
import { stampTime } from '../message/clock.ts';
import type { Ring } from './ring.ts';
import type { RecordedSnapshot } from './recording.ts';
import type { Values } from './values.ts';

/** One moment of an actor's past (`Moment` of inspector/protocol.ts). */
export interface PastMoment {
  readonly number: number;
  readonly time: number;
  readonly node: string;
  readonly causes: readonly string[];
  readonly snapshot: RecordedSnapshot;
  readonly sent: readonly { readonly to: string; readonly event: { readonly type: string } }[];
  readonly timers: readonly { readonly id: string; readonly event: string; readonly due: number }[];
  readonly unreadable?: string;
}

export interface Past {
  readonly moments: readonly PastMoment[];
  readonly more: boolean;
}

const NOTHING: RecordedSnapshot = { status: '' };

/** The last commits before a number, as many as fit into `bytes`. @throws as `readHistory` */
export async function storedPast(
  records: Records,
  address: Address,
  {
    before,
    limit,
    bytes,
    values,
  }: { before?: number | undefined; limit: number; bytes: number; values: Values },
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
    if (kept.length > limit) {
      kept.shift();
      more = true;
    }
  }
  let number = last - kept.length;
  const moments = kept.map((entry) => momentOf(entry, ++number, values));
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

const MOST = 100;

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
