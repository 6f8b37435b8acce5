import { decodeRecord, encodeRecord } from '../../durable/record.ts';
import type { StoredLetter } from '../../durable/queue-store.ts';
import { isTroupeError, TroupeError } from '../../errors.ts';
import type { Address } from '../../message/address.ts';
import type { Message } from '../../message/envelope.ts';
import { checkPlain } from '../../message/plain.ts';

/** Why the last attempt failed. */
export interface Fault {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly data?: unknown;
}

/** A message that could not be handled, and all that is known about it. */
export interface DeadMessage {
  /** Number of the letter in the system. */
  readonly id: number;
  readonly queue: string;
  /** Number the message had in its queue. */
  readonly seq: number;
  readonly key?: string | undefined;
  /** The producer's idempotency key. */
  readonly messageId?: string | undefined;
  /** Absent when what was stored is not readable: then `raw` has it. */
  readonly event?: Message | undefined;
  readonly raw?: Uint8Array | undefined;
  readonly error: Fault;
  readonly attempts: number;
  /** The actor it was for; absent when that could not be found out. */
  readonly actor?: Address | undefined;
  /** State value of the actor after the last attempt; absent when it did not say it in time. */
  readonly state?: unknown;
  /** The node that gave up. */
  readonly node: string;
  /** When it was sent, first tried, and given up, ms since the epoch. */
  readonly sent: number;
  readonly firstTried: number;
  readonly died: number;
}

export type LetterContent = Omit<DeadMessage, 'id'>;

/** Bytes of a message's body that may not be used for it: a letter holds the body and what went wrong. */
export const RESERVE = 48 * 1024;
/** Longest message and longest stack of an error that are kept, characters: in UTF-8 they fit the reserve. */
const LONGEST = 4_000;
/** Longest name and code. */
const SHORT = 100;
const DEPTH = 32;

/** Fits a store that took the message itself: what is too long or cannot be stored is cut or left out, the message never. */
export function encodeLetter(content: LetterContent, limit: number): Uint8Array {
  const { state, error: fault, ...needed } = content;
  const { data, ...error } = fault;
  const said = {
    ...(isStorable(state) ? { state } : {}),
    error: isStorable(data) ? fault : error,
  };
  const bytes = encodeRecord(present({ ...needed, ...said }), true);
  return bytes.length <= limit ? bytes : encodeRecord(present({ ...needed, error }), true);
}

const present = (fields: object): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

function isStorable(value: unknown): boolean {
  try {
    checkPlain(value, DEPTH);
    return true;
  } catch {
    return false;
  }
}

/** @throws TroupeError CORRUPTED, UNKNOWN_VERSION */
export function decodeLetter({ id, bytes }: StoredLetter): DeadMessage {
  const content = decodeRecord(bytes) as LetterContent;
  return { id, ...content };
}

export function faultOf(error: unknown): Fault {
  const stack = stackOf(error);
  return {
    name: error instanceof Error ? cut(error.name, SHORT) : 'Error',
    code: isTroupeError(error) ? cut(error.code, SHORT) : 'ERROR',
    message: cut(error instanceof Error ? error.message : String(error)),
    ...(stack === undefined ? {} : { stack: cut(stack) }),
    ...(isTroupeError(error) && error.data !== undefined ? { data: error.data } : {}),
  };
}

/** Of what was thrown first, where that is known: the wrappers only say who passed it on. */
function stackOf(error: unknown): string | undefined {
  let stack: string | undefined;
  for (let each = error, depth = 0; each instanceof Error && depth < DEPTH; each = each.cause, depth++)
    stack = each.stack ?? stack;
  return stack;
}

const cut = (text: string, longest = LONGEST): string =>
  text.length > longest ? `${text.slice(0, longest).toWellFormed()}…` : text.toWellFormed();

/** Errors that the next attempt would meet again. */
const HOPELESS: ReadonlySet<string> = new Set([
  'CORRUPTED',
  'UNKNOWN_VERSION',
  'INVALID_ADDRESS',
  'INVALID_EVENT',
  'UNSERIALIZABLE',
  'PAYLOAD_TOO_LARGE',
]);

export const isHopeless = (error: unknown): boolean => isTroupeError(error) && HOPELESS.has(error.code);

export const unanswered = (attempts: number): TroupeError =>
  new TroupeError(
    'NODE_DOWN',
    `Attempt ${attempts} was the last and nobody said what became of it: the node that made it ended meanwhile.`,
    { retryable: true },
  );
