import { decodeRecord, encodeRecord } from '../../../src/durable/record.ts';
import type { Entry, Journal, Position, StoreOptions, Wake } from '../../../src/durable/store.ts';
import { silentLogger, systemClock } from '../../../src/ports.ts';

export const SHARDS = 16;
export const HISTORY = 20;

let systems = 0;
/** A system nobody else is in. */
export const freshSystem = (): string => `store-${process.pid}-${++systems}`;

export const options = (more: Partial<StoreOptions> = {}): StoreOptions => ({
  system: freshSystem(),
  clock: systemClock,
  log: silentLogger,
  timeout: 10_000,
  shards: SHARDS,
  history: HISTORY,
  ...more,
});

export async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export const snapshot = (body: unknown): Uint8Array => encodeRecord(body, false);
/** The number in a record of tests that count. */
export const numberIn = (record: Uint8Array): number => (decodeRecord(record) as { n: number }).n;
export const delta = (body: unknown, base: Position): Uint8Array => encodeRecord(body, false, base);
/** Entries in a form that two of them can be compared by, whatever class of bytes the store gives. */
export const shown = (entries: readonly Entry[]): [Position, string][] =>
  entries.map(({ position, record }) => [position, Buffer.from(record).toString('hex')]);
/** By id; of several wakes of one actor the last counts. */
export const told = (wakes: readonly Wake[]): [string, number, Position][] =>
  [...new Map(wakes.map((wake) => [wake.id, wake])).values()]
    .map(({ id, at, position }): [string, number, Position] => [id, at, position])
    .sort(([a], [b]) => (a < b ? -1 : 1));

/** Append one after the other; the entries as they should be found. */
export async function write(
  journal: Journal,
  id: string,
  records: readonly (Uint8Array | ((written: readonly Entry[]) => Uint8Array))[],
  after: Position = 0,
): Promise<Entry[]> {
  const written: Entry[] = [];
  for (const each of records) {
    const record = typeof each === 'function' ? each(written) : each;
    const position = await journal.append(id, record, written.at(-1)?.position ?? after);
    written.push({ position, record });
  }
  return written;
}

/** A delta on the first of what was written. */
export const onFirst = (body: unknown) => (written: readonly Entry[]) => delta(body, written[0]!.position);

/** Ids that an encoding of keys or subjects may trip over. */
export const awkward = [
  'a',
  'a/b',
  'a/b/c',
  'a.b',
  'a=2Eb',
  'A',
  'ab',
  'b',
  'order/42',
  'order/4',
  'order/42/x',
  'é/ü',
  '日本/語',
  '😀',
  '\uffee',
  '-_~!$&()+,;:?[]^`{|}',
  'con',
  '__proto__',
  'constructor',
  `long/${'x'.repeat(250)}`,
];

/** Open the store as a node does: of a system nobody else is in, unless told. */
export type Open = (given?: StoreOptions) => Promise<Journal>;
/** Two nodes of one system. */
export type Pair = (more?: Partial<StoreOptions>) => Promise<[Journal, Journal]>;
