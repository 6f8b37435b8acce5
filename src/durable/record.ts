import { crc32 } from 'node:zlib';
import { Packr } from 'msgpackr';
import { TroupeError } from '../errors.ts';
import * as special from '../message/special.ts';
import type { Position } from './store.ts';

/**
 * A record: 16 bytes of header, then msgpack.
 *
 *   0      format, 1
 *   1      0 snapshot, 1 delta, +2 when the body holds values that msgpack has no form for (message/special.ts)
 *   2..3   zero
 *   4..7   CRC-32 of all other bytes, big endian
 *   8..15  position of the snapshot a delta builds on, as a float64 (a store sequence is a safe integer); 0 in a snapshot
 */
const HEADER = 16;
const FORMAT = 1;
const DELTA = 1;
const SPECIAL = 2;

const packr = new Packr({ useRecords: false, variableMapSize: true, mapsAsObjects: true, moreTypes: false });

/** @param base position of the snapshot that a delta builds on; undefined for a snapshot */
export function encodeRecord(body: unknown, isSpecial: boolean, base?: Position): Uint8Array {
  const packed = packr.encode(isSpecial ? special.pack(body) : body);
  const record = Buffer.allocUnsafe(HEADER + packed.length);
  record[0] = FORMAT;
  record[1] = (base === undefined ? 0 : DELTA) | (isSpecial ? SPECIAL : 0);
  record.writeUInt16BE(0, 2);
  record.writeDoubleBE(base ?? 0, 8);
  record.set(packed, HEADER);
  record.writeUInt32BE(crc32(record.subarray(8), sumsOfHeads[record[1]]), 4);
  return record;
}

/**
 * Position of the snapshot that a record builds on; undefined for a snapshot, and for what is no record (reading it will say so).
 */
export function baseOf(record: Uint8Array): Position | undefined {
  if (record.length < HEADER || record[0] !== FORMAT || ((record[1] ?? 0) & DELTA) === 0) return undefined;
  return new DataView(record.buffer, record.byteOffset, record.byteLength).getFloat64(8);
}

/** @throws TroupeError CORRUPTED when it is cut off, was changed, or is no record; UNKNOWN_VERSION for a later format */
export function decodeRecord(record: Uint8Array): unknown {
  if (record.length > 0 && record[0] !== FORMAT) throw unknownFormat(record[0]);
  if (record.length < HEADER) throw corrupted(`it has ${record.length} bytes, less than its header`);
  const view = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  if (checksum(view) !== view.readUInt32BE(4)) throw corrupted('its checksum does not match its content');
  try {
    const body: unknown = packr.decode(view.subarray(HEADER));
    return ((view[1] ?? 0) & SPECIAL) === 0 ? body : special.unpack(body);
  } catch (cause) {
    throw corrupted('its content is not msgpack', cause);
  }
}

/** Of the first four bytes, by the second. */
const sumsOfHeads = [0, 1, 2, 3].map((kind) => crc32(Uint8Array.of(FORMAT, kind, 0, 0)));

const checksum = (record: Buffer): number => crc32(record.subarray(8), crc32(record.subarray(0, 4)));

const corrupted = (what: string, cause?: unknown): TroupeError =>
  new TroupeError('CORRUPTED', `A stored record cannot be read: ${what}.`, { cause });

const unknownFormat = (format: unknown): TroupeError =>
  new TroupeError(
    'UNKNOWN_VERSION',
    `A stored record has format ${String(format)}, this version of Troupe reads ${FORMAT}: update Troupe on this node.`,
  );
