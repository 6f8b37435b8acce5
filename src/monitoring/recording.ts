import type { EventObject } from 'xstate';
import { TroupeError } from '../errors.ts';
import { unpack } from '../message/special.ts';
import { isEntry } from './entries.ts';
import type { Entry, LineMessage, TakenTransition } from './entry.ts';
import { Values } from './values.ts';
import { Walk } from './walk.ts';

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
  /** Where no message set it going (a timer, the end of work): the conversation that the actor is in, if it is in one. */
  readonly correlation?: string;
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
/** Of one line, about, characters: of more, every value in it is cut. Readers take lines of 16 MB. */
const LINE = 4 * 1024 * 1024;
/** Of one value in a line that would be longer, about, characters. */
const VALUE = 64 * 1024;

/** Any value as JSON can hold it: what can travel keeps its exact form, the rest becomes a text that says what it was. */
export const recordable = (value: unknown): unknown => new Walk({ room: LINE }).tell(value, [], DEPTH);

export function encodeLine(line: RecordingHeader | Entry): string {
  const walk = new Walk({ room: LINE });
  const whole = walk.tell(line, [], DEPTH);
  return `${JSON.stringify(walk.isFull && line.kind === 'step' ? brief(line) : whole)}\n`;
}

/** A line whose values are cut one by one, so that it stays one. */
function brief({ action, sent, emitted, snapshots, ...rest }: Line): object {
  const values = new Values({ bytes: VALUE });
  const own = Object.entries(snapshots).map(([address, snapshot]) => [
    address,
    values.snapshot('', snapshot),
  ]);
  return {
    ...rest,
    action: values.happening('', action),
    sent: sent.map((each) => values.message(each)),
    emitted: emitted.map((each) => values.event(each)),
    snapshots: Object.fromEntries(own) as Line['snapshots'],
  };
}

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
