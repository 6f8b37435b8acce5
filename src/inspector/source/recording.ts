import { counted } from '../../counted.ts';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { TroupeError } from '../../errors.ts';
import { isEntry } from '../../monitoring/entries.ts';
import type { ActorEntry, Entry } from '../../monitoring/entry.ts';
import type { RecordingHeader } from '../../monitoring/recording.ts';
import { systemClock, type Clock } from '../../ports.ts';
import type { About, ActorDetail, HistoryPage, HistoryQuery, Moment } from '../protocol.ts';
import { readOnly } from './absent.ts';
import { linesOf, type FileLine } from './lines.ts';
import { momentBefore, momentOf, Past } from './past.ts';
import { pageOf } from './rows.ts';
import type { Source, Watcher, Watching } from './source.ts';

/** Entries that a watcher is told, the last ones; what the page keeps. The others are reached through history, actor by actor. */
const TOLD = 50_000;
/** Entries that are told at once, and about what they may have, bytes. */
const BATCH = 500;
const BATCH_SIZE = 1024 * 1024;
/** Of the moments of one answer, about, bytes. */
const PAGE = 8 * 1024 * 1024;
/** Flaws that are named one by one, count. */
const FLAWS = 20;
/** Wait before a watcher that could take no more is tried again, ms. */
const AGAIN = 10;

export interface RecordingOptions {
  readonly clock?: Clock;
  /** Of all last snapshots that are kept, about, characters; the others are read again when they are asked for. */
  readonly snapshots?: number;
}

/**
 * A recording (monitoring/recording.ts) of any size: read through once to know its actors, and again for what is asked, with one chunk of it in memory at a
 * time. Of a file that is cut off or damaged, what can be read is shown, and the rest is named.
 * @throws TroupeError NO_SUCH_FILE, MALFORMED_RECORDING, UNKNOWN_VERSION
 */
export async function recordingSource(
  file: string,
  { clock = systemClock, snapshots }: RecordingOptions = {},
): Promise<Source> {
  await checkFile(file);
  const { header, past, flaws, entries } = await readThrough(
    file,
    new Past(snapshots === undefined ? {} : { snapshots }),
  );
  return {
    ...readOnly('A recording'),
    about: () => aboutOf(file, header, flaws),
    overview: async () => past.overview(),
    actors: async (query) => pageOf(past.rows(), query),
    actor: async (address) => actorOf(file, past, address),
    history: async (query) => historyOf(file, query),
    chart: async (hash) => past.charts.get(hash),
    deadLetters: async (query) => past.deadLetters(query),
    watch: (watcher) => tell(file, entries, watcher, clock),
    close: async () => undefined,
  };
}

async function checkFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined)
    throw new TroupeError('NO_SUCH_FILE', `There is no file "${file}". Check the path.`);
  if (!found.isFile()) throw new TroupeError('NOT_A_RECORDING', `"${file}" is not a file.`);
}

/** A value of a line, in the form of recordings: marks stay marks. */
function jsonOf({ text }: FileLine): unknown {
  try {
    if (text === undefined) return undefined;
    const line = text.toString('utf8');
    // Some editors put a byte order mark before the first line.
    return JSON.parse(line.startsWith('\uFEFF') ? line.slice(1) : line) as unknown;
  } catch {
    return undefined;
  }
}

interface Read {
  readonly header: RecordingHeader;
  readonly past: Past;
  readonly flaws: readonly string[];
  /** Entries that can be read, count. */
  readonly entries: number;
}

async function readThrough(file: string, past: Past): Promise<Read> {
  let header: RecordingHeader | undefined;
  const flaws: string[] = [];
  let [entries, unread] = [0, 0];
  for await (const line of linesOf(file)) {
    if (header === undefined) {
      header = headerOf(file, line);
      continue;
    }
    if (line.text?.length === 0) continue;
    const entry = jsonOf(line);
    if (isEntry(entry)) {
      past.take(entry, line.text?.length);
      entries += 1;
      continue;
    }
    unread += 1;
    if (unread <= FLAWS) flaws.push(flawOf(line, entry));
  }
  if (header === undefined) throw malformed(file, 'it is empty');
  if (unread > FLAWS) flaws.push(`${unread - FLAWS} more lines cannot be read.`);
  if (entries > TOLD) flaws.push(tooMany(entries));
  if (past.forgotten > 0)
    flaws.push(
      `${counted(past.forgotten, 'actor that was heard of first is', 'actors that were heard of first are')} left out.`,
    );
  return { header, past, flaws, entries };
}

const number = (value: number): string => value.toLocaleString('en-US');

const tooMany = (entries: number): string =>
  `It has ${counted(entries, 'entry', 'entries')}: of its beginning only charts, properties and the histories of single actors are shown; views show the last ${number(TOLD)}.`;

function flawOf({ number: at, text, isWhole }: FileLine, value: unknown): string {
  if (text === undefined) return `Line ${at} is too long to be read.`;
  if (!isWhole) return `Line ${at}, the last one, is cut off.`;
  if (value === undefined) return `Line ${at} is not JSON.`;
  const { kind } = (value ?? {}) as { kind?: unknown };
  const what = typeof kind === 'string' ? ` of kind "${kind.slice(0, 40)}"` : '';
  return `Line ${at}${what} is nothing this version knows.`;
}

const malformed = (file: string, why: string): TroupeError =>
  new TroupeError(
    'MALFORMED_RECORDING',
    `"${file}" is not a recording: ${why}. A recording begins with a line {"kind":"recording","v":1,…}.`,
  );

const sources: readonly unknown[] = ['live', 'check', 'simulate', 'paths'];

/** A header of a later version is read as far as it goes: entries that are not known are named. */
function headerOf(file: string, line: FileLine): RecordingHeader {
  const value = jsonOf(line) as Partial<RecordingHeader> | null | undefined;
  const begins = JSON.stringify((line.text ?? Buffer.alloc(0)).subarray(0, 60).toString('utf8'));
  if (typeof value !== 'object' || value?.kind !== 'recording')
    throw malformed(file, `it begins with ${begins}`);
  if (typeof value.v !== 'number' || typeof value.system !== 'string' || !sources.includes(value.source))
    throw malformed(file, `its header is damaged: ${begins}`);
  return value as RecordingHeader;
}

function aboutOf(file: string, header: RecordingHeader, flaws: readonly string[]): About {
  const { system, property, replay, loop, v } = header;
  const version =
    (v as number) === 1
      ? []
      : [
          `It was written by another version (format ${String(v)}, this reads 1): what is known of it is shown.`,
        ];
  return {
    source: 'recording',
    name: `${system} (${basename(file)})`,
    canSend: false,
    flaws: [...version, ...flaws],
    ...(typeof property === 'string' ? { property } : {}),
    ...(typeof replay === 'string' ? { replay } : {}),
    ...(typeof loop === 'number' ? { loop } : {}),
    sampling: 1,
    refused: {},
  };
}

interface Sized {
  readonly entry: Entry;
  /** Of its line, bytes. */
  readonly size: number;
}

/** The entries of a file that can be read. */
async function* entriesOf(file: string, isWanted: (text: Buffer) => boolean): AsyncGenerator<Sized> {
  for await (const line of linesOf(file)) {
    if (line.number === 1 || line.text === undefined || !isWanted(line.text)) continue;
    const entry = jsonOf(line);
    if (isEntry(entry)) yield { entry, size: line.text.length };
  }
}

/** Charts, properties and coverage are told wherever they stand; of the rest the last TOLD, after what was left out was said. */
const isLasting = ({ kind }: Entry): boolean => ['chart', 'property', 'coverage'].includes(kind);

function tell(file: string, entries: number, watcher: Watcher, clock: Clock): Watching {
  let isOpen = true;
  const told = async (batch: readonly Entry[]): Promise<void> => {
    while (isOpen && batch.length > 0 && !watcher.emit(batch))
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, AGAIN, true));
  };
  const run = async (): Promise<void> => {
    const skipped = Math.max(0, entries - TOLD);
    let [batch, held, at]: [Entry[], number, number] = [[], 0, 0];
    if (skipped > 0) await told([{ kind: 'dropped', node: '', lines: skipped, sampling: 1, time: 0 }]);
    for await (const { entry, size } of entriesOf(file, () => true)) {
      if (!isOpen) return;
      at += 1;
      if (at <= skipped && !isLasting(entry)) continue;
      batch.push(entry);
      held += size;
      if (batch.length < BATCH && held < BATCH_SIZE) continue;
      await told(batch);
      [batch, held] = [[], 0];
    }
    await told(batch);
    if (isOpen) watcher.ended?.();
  };
  // A file that vanishes meanwhile is a recording that ends there.
  run().catch(() => watcher.ended?.());
  return { refocus: () => undefined, close: () => void (isOpen = false) };
}

/** The entries in which an actor is named: only such lines are looked into. */
const entriesNaming = (file: string, address: string): AsyncGenerator<Sized> => {
  const name = JSON.stringify(address);
  return entriesOf(file, (text) => text.includes(name));
};

/** What an entry says of an actor that is there. */
const foundIn = (entry: Entry, address: string): ActorEntry | undefined =>
  entry.kind === 'actor' && entry.address === address ? entry : undefined;

async function actorOf(file: string, past: Past, address: string): Promise<ActorDetail> {
  const detail = past.detail(address);
  if (!past.isBrief(address)) return detail;
  let { snapshot } = detail;
  for await (const { entry } of entriesNaming(file, address)) {
    const moment = entry.kind === 'step' ? momentOf(entry, address) : foundIn(entry, address);
    snapshot = moment?.snapshot ?? snapshot;
  }
  return { ...detail, snapshot };
}

/** The moments of one actor, found by reading the file. */
async function historyOf(file: string, query: HistoryQuery): Promise<HistoryPage> {
  const { address, before = Infinity, limit = 100 } = query;
  const kept: { readonly moment: Moment; readonly size: number }[] = [];
  let [held, more, isFirst] = [0, false, true];
  let found: ActorEntry | undefined;
  for await (const { entry, size } of entriesNaming(file, address)) {
    if (isFirst && 'address' in entry && entry.address === address) found = foundIn(entry, address);
    const moment = entry.kind === 'step' ? momentOf(entry, address) : undefined;
    if (moment === undefined) continue;
    for (const each of isFirst ? [...momentBefore(moment, found), moment] : [moment]) {
      if (each.number >= before) continue;
      kept.push({ moment: each, size });
      held += size;
    }
    isFirst = false;
    while (kept.length > limit || (held > PAGE && kept.length > 1)) {
      held -= kept.shift()?.size ?? 0;
      more = true;
    }
  }
  return { moments: kept.map(({ moment }) => moment), more };
}
