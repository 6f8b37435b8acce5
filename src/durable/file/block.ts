import { TroupeError } from '../../errors.ts';
import type { Position } from '../store.ts';

/**
 * A block: records of many actors that were stored at once, under a number that only rises. A record's position is
 * `block * SLOTS + slot`, so it says where it is. An entry of a block, big endian, numbers that may be large as float64:
 *
 *   0   bytes of the entry, u32
 *   4   slot, u16
 *   6   kind, u16: 0 a record, 1 the end of a purged actor
 *   8   position of the actor's record before this one; 0: it is the first
 *   16  its head after this record (heads.ts): 16 base, 24 cut, 32 next, 40 since as u32
 *   44  bytes of the id, u16
 *   46  id, record
 */
const HEADER = 46;
const END = 1;
/** Four pages of LMDB, without their header. */
export const BLOCK = 4 * 4_096 - 32;
export const SLOTS = 512;

/** What is known of an actor without looking at its records. */
export interface Head {
  /** Position of its last record; 0 when it was purged. */
  readonly last: Position;
  /** Of the snapshot that the last record builds on, or is; 0 when that is none. */
  readonly base: Position;
  /** Records before it are not needed. */
  readonly cut: Position;
  /** Where `cut` goes when `since` has reached the number of records that are kept. */
  readonly next: Position;
  /** Records since `next` was chosen. */
  readonly since: number;
}

export interface Placed {
  readonly position: Position;
  readonly isEnd: boolean;
  readonly id: string;
  /** Position of the actor's record before this one. */
  readonly before: Position;
  /** Where in the block it starts, where its record starts, and where both end. */
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

export const blockOf = (position: Position): number => Math.floor(position / SLOTS);

/** At most so many bytes are taken by an entry. */
export const sizeOf = (id: string, record: number): number => HEADER + 3 * id.length + record;

/**
 * Write an entry.
 * @param record undefined: the actor is purged
 * @returns where the entry ends
 */
export function writeEntry(
  block: Buffer,
  start: number,
  slot: number,
  id: string,
  before: Position,
  head: Head,
  record: Uint8Array | undefined,
): number {
  const bytes = block.write(id, start + HEADER);
  const from = start + HEADER + bytes;
  if (record !== undefined) block.set(record, from);
  const end = from + (record?.length ?? 0);
  block.writeUInt32BE(end - start, start);
  block.writeUInt16BE(slot, start + 4);
  block.writeUInt16BE(record === undefined ? END : 0, start + 6);
  block.writeDoubleBE(before, start + 8);
  writeHead(block, start + 16, head);
  block.writeUInt16BE(bytes, start + 44);
  return end;
}

function writeHead(bytes: Buffer, at: number, { base, cut, next, since }: Head): void {
  bytes.writeDoubleBE(base, at);
  bytes.writeDoubleBE(cut, at + 8);
  bytes.writeDoubleBE(next, at + 16);
  bytes.writeUInt32BE(since, at + 24);
}

/** The entries of a block, in order. @throws TroupeError CORRUPTED */
export function* entriesIn(block: Buffer, number: number): Generator<Placed> {
  for (let start = 0; start < block.length;) {
    const placed = entryAt(block, start, number);
    yield placed;
    start = placed.to;
  }
}

function entryAt(block: Buffer, start: number, number: number): Placed {
  const size = start + HEADER <= block.length ? block.readUInt32BE(start) : 0;
  const to = start + size;
  if (size < HEADER || to > block.length) throw torn(number);
  const from = start + HEADER + block.readUInt16BE(start + 44);
  if (from > to) throw torn(number);
  return {
    position: number * SLOTS + block.readUInt16BE(start + 4),
    isEnd: block.readUInt16BE(start + 6) === END,
    id: block.toString('utf8', start + HEADER, from),
    before: block.readDoubleBE(start + 8),
    start,
    from,
    to,
  };
}

/** The entry at a position; undefined when it is not in the block. @throws TroupeError CORRUPTED */
export function findEntry(block: Buffer, position: Position): Placed | undefined {
  const number = blockOf(position);
  const slot = position - number * SLOTS;
  for (let start = 0; start + HEADER <= block.length;) {
    if (block.readUInt16BE(start + 4) === slot) return entryAt(block, start, number);
    const size = block.readUInt32BE(start);
    if (size < HEADER) throw torn(number);
    start += size;
  }
  return undefined;
}

/** The head of an actor after an entry. */
export const headAfter = (block: Buffer, { position, isEnd, start }: Placed): Head =>
  readHead(block, start + 16, isEnd ? 0 : position);

const readHead = (bytes: Buffer, at: number, last: Position): Head => ({
  last,
  base: bytes.readDoubleBE(at),
  cut: bytes.readDoubleBE(at + 8),
  next: bytes.readDoubleBE(at + 16),
  since: bytes.readUInt32BE(at + 24),
});

/** A head as a value of its own: 36 bytes. */
export function encodeHead(head: Head): Buffer {
  const bytes = Buffer.allocUnsafe(36);
  writeHead(bytes, 0, head);
  bytes.writeDoubleBE(head.last, 28);
  return bytes;
}

export function decodeHead(bytes: Buffer, id: string): Head {
  if (bytes.length !== 36) throw new TroupeError('CORRUPTED', `What is stored of "${id}" is no head of it.`);
  return readHead(bytes, 0, bytes.readDoubleBE(28));
}

const torn = (number: number): TroupeError =>
  new TroupeError(
    'CORRUPTED',
    `Block ${number} of the store cannot be read: its entries do not fit. Restore the store from a backup.`,
  );
