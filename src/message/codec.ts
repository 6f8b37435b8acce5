import { Packr } from 'msgpackr';
import { TroupeError } from '../errors.ts';
import { isAddress } from './address.ts';
import { isInternal, kinds, type Envelope, type Kind, type Message, type Once } from './envelope.ts';
import { checkPlain } from './plain.ts';
import { scan } from './scan.ts';
import * as special from './special.ts';

/**
 * Job: envelopes to bytes and back. Not its job: batching (transport/frame.ts).
 *
 * The wire form is a msgpack array
 * `[kind, seq, to, from, cause, correlation, clock, timeout, trace, special, event, origin, once]`
 * with nil for what is absent, and `true` for a correlation that is the cause; the sender's node stands once in the frame around it, and is repeated as `origin` only in what a
 * node forwards for another. This is the trust boundary: E1 whatever
 * the bytes, `decode` returns an envelope that satisfies its type or throws MALFORMED_MESSAGE, and nothing foreign is constructed
 * before `scan` has passed; E2 what `encode` accepts, `decode` gives back equal.
 */
export interface Codec {
  encode(envelope: Envelope): Uint8Array;
  decode(bytes: Uint8Array, start: number, end: number, node: string): Envelope;
}

export interface CodecOptions {
  readonly depth: number;
  readonly payload: number;
  /** Deadlines travel as the time that is left, so clocks of different machines need not agree. */
  readonly now: () => number;
  /** Name of this node. */
  readonly self: string;
}

const FIELDS = 13;
/** The envelope's own array and its event. */
const WRAPPING = 2;
/** Levels of msgpack that one level of a message takes at most: a Map's are its mark, its entries, and each entry. */
const LEVELS = 3;

export function createCodec(options: CodecOptions): Codec {
  const packr = new Packr({
    useRecords: false,
    variableMapSize: true,
    mapsAsObjects: true,
    moreTypes: false,
  });
  return {
    encode(envelope) {
      const bytes = packr.encode(toWire(envelope, options));
      if (bytes.length > options.payload) throw tooLarge(envelope, bytes.length, options.payload);
      return bytes;
    },
    decode(bytes, start, end, node) {
      scan(bytes, start, end, options.depth * LEVELS + WRAPPING);
      return fromWire(decodeArray(packr, bytes, start, end), node, options.now);
    },
  };
}

function toWire(envelope: Envelope, { depth, now, self }: CodecOptions): unknown[] {
  const isSpecial = envelope.special ?? checkPlain(envelope.event, depth) === 'special';
  return [
    kinds.indexOf(envelope.kind),
    envelope.seq,
    envelope.to,
    envelope.from ?? null,
    envelope.cause ?? null,
    correlationOnWire(envelope),
    envelope.clock,
    envelope.deadline === undefined ? null : Math.max(0, Math.ceil(envelope.deadline - now())),
    envelope.trace ?? null,
    isSpecial,
    isSpecial ? special.pack(envelope.event) : envelope.event,
    envelope.node === self ? null : envelope.node,
    envelope.once ?? null,
  ];
}

/** The second message of a conversation is caused by the one that began it: most are. */
function correlationOnWire({ cause, correlation }: Envelope): string | true | null {
  if (correlation === undefined) return null;
  return correlation === cause ? true : correlation;
}

function decodeArray(packr: Packr, bytes: Uint8Array, start: number, end: number): readonly unknown[] {
  let value: unknown;
  try {
    value = packr.decode(bytes, { start, end });
  } catch (cause) {
    throw new TroupeError('MALFORMED_MESSAGE', 'The bytes are not msgpack.', { cause });
  }
  if (!Array.isArray(value) || value.length !== FIELDS) throw malformed('envelope', value);
  return value;
}

function fromWire(wire: readonly unknown[], node: string, now: () => number): Envelope {
  const isSpecial = wire[9];
  if (typeof isSpecial !== 'boolean') throw malformed('special', isSpecial);
  const cause = text(wire[4], 'cause');
  return {
    kind: kindAt(wire[0]),
    node: text(wire[11], 'origin') ?? node,
    seq: count(wire[1], 'seq'),
    to: address(wire[2], 'to'),
    from: wire[3] === null ? undefined : address(wire[3], 'from'),
    cause,
    correlation: wire[5] === true ? cause : text(wire[5], 'correlation'),
    clock: count(wire[6], 'clock'),
    deadline: wire[7] === null ? undefined : now() + count(wire[7], 'timeout'),
    trace: text(wire[8], 'trace'),
    once: once(wire[12]),
    via: wire[11] === null ? undefined : node,
    event: message(isSpecial ? special.unpack(wire[10]) : wire[10]),
  };
}

const kindAt = (value: unknown): Kind => {
  const kind = typeof value === 'number' ? kinds[value] : undefined;
  if (kind === undefined) throw malformed('kind', value);
  return kind;
};

function count(value: unknown, field: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw malformed(field, value);
}

const MAX_TEXT = 512;

function text(value: unknown, field: string): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value;
  throw malformed(field, value);
}

function once(value: unknown): Once | undefined {
  if (!Array.isArray(value)) return text(value, 'once');
  if (value.length !== 2) throw malformed('once', value);
  return [count(value[0], 'once'), count(value[1], 'once')];
}

function address(value: unknown, field: string): string {
  const name = text(value, field);
  if (name === undefined || !isAddress(name)) throw malformed(field, value);
  return name;
}

function message(value: unknown): Message {
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    throw malformed('event', value);
  }
  if (value.type === '') throw malformed('event type', value.type);
  if (isInternal(value.type)) {
    throw new TroupeError(
      'MALFORMED_MESSAGE',
      `The event type "${value.type}" belongs to XState and is not accepted from outside.`,
    );
  }
  return value as Message;
}

const malformed = (field: string, value: unknown): TroupeError =>
  new TroupeError('MALFORMED_MESSAGE', `The field "${field}" of a message is not valid: ${preview(value)}.`);

const preview = (value: unknown): string =>
  typeof value === 'object' && value !== null ? 'an object or array' : String(value).slice(0, 60);

const tooLarge = (envelope: Envelope, bytes: number, limit: number): TroupeError =>
  new TroupeError(
    'PAYLOAD_TOO_LARGE',
    `The event "${envelope.event.type}" to "${envelope.to}" takes ${bytes} bytes, the limit is ${limit} (limits.payload): send a reference to the data instead.`,
  );
