import { TroupeError } from '../errors.ts';

/**
 * A frame: the envelopes that one node sends to one destination within a tick, as one message of the transport.
 *
 *   byte 0     0x54 'T'          byte 1   version (1)        byte 2   flags
 *   bytes 3-6  epoch             7-12     number             13-16    acknowledged epoch     17-22   acknowledged number
 *   byte 23    length of the sender's node name, then the name in ASCII
 *   then per envelope: length (4 bytes) and bytes (message/codec.ts)
 *
 * All integers unsigned, big endian. Number 0 means "not part of a sequence": acknowledgements, broadcasts, events.
 */
export interface Header {
  readonly node: string;
  readonly epoch: number;
  readonly number: number;
  readonly ackEpoch: number;
  readonly ackNumber: number;
  /** The receiver of this frame must begin its sequence to us anew: we know nothing of the one it continues. */
  readonly reset: boolean;
}

export interface Frame extends Header {
  /** Start and end of each envelope in the bytes: [start, end, start, end, ...]. */
  readonly spans: readonly number[];
}

const MAGIC = 0x54;
const VERSION = 1;
const FIXED = 24;
/** Bytes of a frame number: 48 bits last for centuries at ten thousand frames a second, 32 would not last a week. */
const NUMBER = 6;
const RESET = 1;

/** Bytes a frame needs besides its envelopes. */
export const overhead = (node: string): number => FIXED + node.length;
/** Bytes an envelope needs besides its own. */
export const PREFIX = 4;

export function writeFrame(header: Header, parts: readonly Uint8Array[]): Uint8Array {
  let size = overhead(header.node);
  for (const part of parts) size += PREFIX + part.length;
  const bytes = Buffer.allocUnsafe(size);
  bytes[0] = MAGIC;
  bytes[1] = VERSION;
  bytes[2] = header.reset ? RESET : 0;
  bytes.writeUInt32BE(header.epoch, 3);
  bytes.writeUIntBE(header.number, 7, NUMBER);
  bytes.writeUInt32BE(header.ackEpoch, 13);
  bytes.writeUIntBE(header.ackNumber, 17, NUMBER);
  bytes[23] = header.node.length;
  let at = FIXED + bytes.write(header.node, FIXED, 'latin1');
  for (const part of parts) {
    bytes.writeUInt32BE(part.length, at);
    bytes.set(part, at + PREFIX);
    at += PREFIX + part.length;
  }
  return bytes;
}

const nodeName = /^[A-Za-z0-9_-]+$/;

/** @throws TroupeError MALFORMED_MESSAGE or UNKNOWN_VERSION */
export function readFrame(bytes: Uint8Array): Frame {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length < FIXED || view[0] !== MAGIC) throw malformed('it does not begin as one');
  if (view[1] !== VERSION) {
    throw new TroupeError(
      'UNKNOWN_VERSION',
      `A frame has version ${String(view[1])}; this node speaks version ${VERSION}: run the same release of troupe on all nodes.`,
    );
  }
  const end = FIXED + (view[FIXED - 1] as number);
  if (end > view.length) throw malformed('it ends in its header');
  const node = view.toString('latin1', FIXED, end);
  if (!nodeName.test(node)) throw malformed('its sender has no node name');
  return {
    node,
    reset: ((view[2] as number) & RESET) !== 0,
    epoch: view.readUInt32BE(3),
    number: view.readUIntBE(7, NUMBER),
    ackEpoch: view.readUInt32BE(13),
    ackNumber: view.readUIntBE(17, NUMBER),
    spans: readSpans(view, end),
  };
}

function readSpans(view: Buffer, from: number): readonly number[] {
  const spans: number[] = [];
  let at = from;
  while (at < view.length) {
    if (at + PREFIX > view.length) throw malformed('it ends in a length');
    const start = at + PREFIX;
    at = start + view.readUInt32BE(at);
    if (at > view.length) throw malformed('an envelope goes past its end');
    spans.push(start, at);
  }
  return spans;
}

const malformed = (why: string): TroupeError =>
  new TroupeError('MALFORMED_MESSAGE', `The bytes are not a frame: ${why}.`);
