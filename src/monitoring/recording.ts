import type { EventObject } from 'xstate';
import { isTroupeError, TroupeError } from '../errors.ts';
import { unpack } from '../message/special.ts';
import { isEntry } from './entries.ts';
import type { Entry, LineMessage, TakenTransition } from './entry.ts';

/**
 * What a run leaves behind, live or in a test: NDJSON, a header and then one line per thing that happened, so that a cut-off file can be
 * read up to the cut. Values JSON has no form for are written as in message/special.ts.
 */
export interface RecordingHeader {
  readonly kind: 'recording';
  readonly v: 1;
  readonly source: 'live' | 'check' | 'simulate' | 'paths';
  readonly system: string;
  /** The property that failed. */
  readonly property?: string;
  /** The command that makes it happen again. */
  readonly replay?: string;
  /** What is from this step on (counted from 1) can repeat for ever. */
  readonly loop?: number;
}

/** What is kept of an actor's snapshot: XState's, without what cannot travel. */
export interface RecordedSnapshot {
  readonly status: string;
  readonly value?: unknown;
  readonly context?: unknown;
  readonly output?: unknown;
  readonly error?: unknown;
}

export interface RecordedMessage {
  readonly from: string;
  readonly to: string;
  readonly event: EventObject;
  /** Known of messages of a live system. */
  readonly id?: string;
}

/** What happened: the actions of `troupe/testing`, as far as a live system can see them, and an actor's start and end. */
export interface Happening {
  readonly kind: string;
  readonly [detail: string]: unknown;
}

/** One line: what happened, what the actors said over it, and the snapshots it changed. */
export interface Line {
  readonly kind: 'step';
  readonly step: number;
  readonly action: Happening;
  readonly sent: readonly RecordedMessage[];
  readonly emitted: readonly EventObject[];
  readonly snapshots: Readonly<Record<string, RecordedSnapshot>>;
  /** ms since the epoch, or virtual. */
  readonly time?: number;
  readonly node?: string;
  /** Of the message that set it going. */
  readonly message?: LineMessage;
  /** The transitions that were taken, in order. */
  readonly taken?: readonly TakenTransition[];
  /** Of a durable actor: the number of the commit. */
  readonly commit?: number;
  /** How long it took, ms. */
  readonly took?: number;
}

export interface Recording {
  readonly header: RecordingHeader;
  /** The steps. */
  readonly lines: readonly Line[];
  /** All that stands in it, the steps among it. */
  readonly entries: readonly Entry[];
  /** Lines that could not be read, counted from 1: the file was cut off or changed. */
  readonly unread: readonly number[];
}

/** Nesting of a recorded value; what is deeper is left out, levels. */
const DEPTH = 32;

/** Any value as JSON can hold it: what can travel keeps its exact form, the rest becomes a text that says what it was. */
export function recordable(value: unknown, depth = DEPTH): unknown {
  switch (typeof value) {
    case 'bigint':
      return { '\0n': value.toString() };
    case 'number':
      if (Number.isFinite(value)) return Object.is(value, -0) ? { '\0z': 0 } : value;
      return `(${value})`;
    case 'function':
      return `(function ${value.name})`;
    case 'symbol':
      return `(${value.toString()})`;
    case 'object':
      return value === null ? null : recordableObject(value, depth - 1);
    default:
      return value;
  }
}

function recordableObject(value: object, depth: number): unknown {
  if (depth < 0) return '(too deep)';
  const inner = (item: unknown): unknown => recordable(item, depth);
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Date) return { '\0d': value.getTime() };
  if (value instanceof Set) return { '\0s': [...(value as Set<unknown>)].map(inner) };
  if (value instanceof Map)
    return { '\0m': [...(value as Map<unknown, unknown>)].map(([key, item]) => [inner(key), inner(item)]) };
  if (value instanceof Error)
    return {
      name: value.name,
      message: value.message,
      ...(isTroupeError(value) ? { code: value.code } : {}),
    };
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if ('sessionId' in value && 'getSnapshot' in value)
    return `(actor ${String((value as { id?: unknown }).id)})`;
  const fields = Object.entries(value);
  return Object.fromEntries(
    fields.map(([key, item]) => [key.startsWith('\0') ? `\0${key}` : key, inner(item)]),
  );
}

export const encodeLine = (line: RecordingHeader | Entry): string => `${JSON.stringify(recordable(line))}\n`;

/**
 * Read a recording; lines that cannot be read are named and left out.
 * @throws TroupeError MALFORMED_RECORDING when it does not begin with a header of version 1
 */
export function decodeRecording(text: string): Recording {
  const [first = '', ...rest] = text.split('\n');
  const header = parse(first) as Partial<RecordingHeader> | undefined;
  if (header?.kind !== 'recording' || header.v !== 1)
    throw new TroupeError(
      'MALFORMED_RECORDING',
      `A recording begins with a line {"kind":"recording","v":1,…}; this begins with "${first.slice(0, 60)}".`,
    );
  const entries: Entry[] = [];
  const unread: number[] = [];
  rest.forEach((each, at) => {
    if (each === '') return;
    const entry = parse(each);
    if (isEntry(entry)) entries.push(entry);
    else unread.push(at + 2);
  });
  const lines = entries.filter((entry) => entry.kind === 'step');
  return { header: header as RecordingHeader, lines, entries, unread };
}

const parse = (line: string): unknown => {
  try {
    return unpack(JSON.parse(line));
  } catch {
    return undefined;
  }
};
