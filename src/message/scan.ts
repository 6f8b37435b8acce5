import { TroupeError } from '../errors.ts';

/**
 * Walk msgpack bytes without building anything, and refuse what Troupe never writes: extensions other than
 * `undefined`, map keys that are not strings, nesting too deep, lengths past the end, bytes left over. Runs before
 * the decoder sees foreign bytes, so nothing of theirs is ever constructed. (Format: the MessagePack specification.)
 *
 * @throws TroupeError MALFORMED_MESSAGE
 */
export function scan(bytes: Uint8Array, start: number, end: number, depth: number): void {
  const at = skip(bytes, start, end, depth);
  if (at !== end) throw malformed(`${end - at} bytes are left over`);
}

/** Position after the value that begins at `at`. */
function skip(bytes: Uint8Array, at: number, end: number, depth: number): number {
  if (at >= end) throw malformed('it ends in the middle of a value');
  if (depth < 0) throw malformed('it is nested too deep');
  const head = bytes[at] as number;
  if (head < 0x80 || head >= 0xe0) return at + 1;
  if (head < 0x90) return skipMap(bytes, at + 1, end, head & 0x0f, depth);
  if (head < 0xa0) return skipArray(bytes, at + 1, end, head & 0x0f, depth);
  if (head < 0xc0) return within(at + 1 + (head & 0x1f), end);
  return skipLong(bytes, at, end, head, depth);
}

function skipLong(bytes: Uint8Array, at: number, end: number, head: number, depth: number): number {
  switch (head) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return at + 1;
    case 0xc4: // bin 8
    case 0xd9: // str 8
      return within(at + 2 + size(bytes, at + 1, 1, end), end);
    case 0xc5: // bin 16
    case 0xda: // str 16
      return within(at + 3 + size(bytes, at + 1, 2, end), end);
    case 0xc6: // bin 32
    case 0xdb: // str 32
      return within(at + 5 + size(bytes, at + 1, 4, end), end);
    case 0xdc: // array 16
      return skipArray(bytes, at + 3, end, size(bytes, at + 1, 2, end), depth);
    case 0xdd: // array 32
      return skipArray(bytes, at + 5, end, size(bytes, at + 1, 4, end), depth);
    case 0xde: // map 16
      return skipMap(bytes, at + 3, end, size(bytes, at + 1, 2, end), depth);
    case 0xdf: // map 32
      return skipMap(bytes, at + 5, end, size(bytes, at + 1, 4, end), depth);
    case 0xd4: // fixext 1: only the type 0 that stands for undefined
      if (bytes[at + 1] === 0) return within(at + 3, end);
      throw malformed(`it has the msgpack extension ${String(bytes[at + 1])}`);
    default:
      return skipNumber(at, end, head);
  }
}

function skipNumber(at: number, end: number, head: number): number {
  const width = widths[head];
  if (width === undefined) throw malformed(`it has the msgpack byte 0x${head.toString(16)}`);
  return within(at + 1 + width, end);
}

/** float 32/64, uint 8..64, int 8..64. */
const widths: Readonly<Record<number, number>> = {
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
};

function skipArray(bytes: Uint8Array, from: number, end: number, count: number, depth: number): number {
  let at = within(from, end);
  if (count > end - at) throw malformed('it promises more items than it has bytes');
  for (let i = 0; i < count; i++) at = skip(bytes, at, end, depth - 1);
  return at;
}

function skipMap(bytes: Uint8Array, from: number, end: number, count: number, depth: number): number {
  let at = within(from, end);
  if (count > end - at) throw malformed('it promises more fields than it has bytes');
  for (let i = 0; i < count; i++) {
    const head = bytes[at] ?? 0;
    if (!(head >= 0xa0 && head < 0xc0) && !(head >= 0xd9 && head <= 0xdb))
      throw malformed('a field name is not a string');
    at = skip(bytes, skip(bytes, at, end, depth), end, depth - 1);
  }
  return at;
}

function size(bytes: Uint8Array, at: number, width: 1 | 2 | 4, end: number): number {
  if (at + width > end) throw malformed('it ends in the middle of a length');
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 256 + (bytes[at + i] as number);
  return value;
}

function within(at: number, end: number): number {
  if (at > end) throw malformed('a length goes past its end');
  return at;
}

const malformed = (why: string): TroupeError =>
  new TroupeError('MALFORMED_MESSAGE', `The bytes are not a message: ${why}.`);
