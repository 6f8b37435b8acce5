import { crc32 } from 'node:zlib';
import { Packr, RESERVE_START_SPACE } from 'msgpackr';
import { TroupeError } from '../errors.ts';
import * as special from '../message/special.ts';
import { brief, unbrief } from './brief.ts';
import type { Commit } from './commit.ts';
import type { Position } from './store.ts';

/**
 * A record: 16 bytes of header, then msgpack.
 *
 *   0      format: 1 any data, 2 a commit in the form of brief.ts
 *   1      0 snapshot, 1 delta, +2 when the body holds values that msgpack has no form for (message/special.ts)
 *   2..3   zero
 *   4..7   CRC-32 of all other bytes, big endian
 *   8..15  position of the snapshot a delta builds on, as a float64 (a store sequence is a safe integer); 0 in a snapshot
 */
const HEADER = 16;
const DATA = 1;
const COMMIT = 2;
const DELTA = 1;
const SPECIAL = 2;

type Format = typeof DATA | typeof COMMIT;

const packr = new Packr({ useRecords: false, variableMapSize: true, mapsAsObjects: true, moreTypes: false });

/** @param base position of the snapshot that a delta builds on; undefined for a snapshot */
export const encodeRecord = (body: unknown, isSpecial: boolean, base?: Position): Uint8Array =>
  recordOf(DATA, body, isSpecial, base);

/** What `decodeRecord` gives back as the same commit. @param base as for `encodeRecord`; a commit with a state is a snapshot */
export const encodeCommit = (commit: Commit, isSpecial: boolean, base?: Position): Uint8Array =>
  recordOf(COMMIT, brief(commit), isSpecial, base);

function recordOf(format: Format, body: unknown, isSpecial: boolean, base: Position | undefined): Uint8Array {
  // Packed with room for the header before it: these bytes are nobody else's, and need not be copied.
  const record = packr.encode(isSpecial ? special.pack(body) : body, RESERVE_START_SPACE + HEADER);
  record[0] = format;
  const kind = (record[1] = (base === undefined ? 0 : DELTA) | (isSpecial ? SPECIAL : 0));
  record[2] = record[3] = 0;
  record.writeDoubleBE(base ?? 0, 8);
  record.writeUInt32BE(crc32(record.subarray(8), sumsOfHeads[format][kind]), 4);
  return record;
}

/**
 * Position of the snapshot that a record builds on; undefined for a snapshot, and for what is no record (reading it will say so).
 */
export function baseOf(record: Uint8Array): Position | undefined {
  if (record.length < HEADER || !isFormat(record[0]) || ((record[1] ?? 0) & DELTA) === 0) return undefined;
  return new DataView(record.buffer, record.byteOffset, record.byteLength).getFloat64(8);
}

/** @throws TroupeError CORRUPTED when it is cut off, was changed, or is no record; UNKNOWN_VERSION for a later format */
export function decodeRecord(record: Uint8Array): unknown {
  if (record.length > 0 && !isFormat(record[0])) throw unknownFormat(record[0]);
  if (record.length < HEADER) throw corrupted(`it has ${record.length} bytes, less than its header`);
  const view = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (checksum(view) !== view.readUInt32BE(4)) throw corrupted('its checksum does not match its content');
  try {
    const kind = view[1] ?? 0;
    const packed: unknown = packr.decode(view.subarray(HEADER));
    const body = (kind & SPECIAL) === 0 ? packed : special.unpack(packed);
    return view[0] === COMMIT ? unbrief(body, (kind & DELTA) !== 0) : body;
  } catch (cause) {
    throw corrupted('its content is not msgpack', cause);
  }
}

const isFormat = (format: number | undefined): format is Format => format === DATA || format === COMMIT;

const sumsOf = (format: Format): readonly number[] =>
  [0, 1, 2, 3].map((kind) => crc32(Uint8Array.of(format, kind, 0, 0)));

/** Of the first four bytes, by the first and the second. */
const sumsOfHeads = { [DATA]: sumsOf(DATA), [COMMIT]: sumsOf(COMMIT) };

const checksum = (record: Buffer): number => crc32(record.subarray(8), crc32(record.subarray(0, 4)));

const corrupted = (what: string, cause?: unknown): TroupeError =>
  new TroupeError('CORRUPTED', `A stored record cannot be read: ${what}.`, { cause });

const unknownFormat = (format: unknown): TroupeError =>
  new TroupeError(
    'UNKNOWN_VERSION',
    `A stored record has format ${String(format)}, this version of Troupe reads ${DATA} and ${COMMIT}: update Troupe on this node.`,
  );
