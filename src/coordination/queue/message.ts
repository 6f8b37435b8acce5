import { decodeRecord, encodeRecord } from '../../durable/record.ts';
import { TroupeError } from '../../errors.ts';
import type { Message } from '../../message/envelope.ts';

/** A message of a queue. */
export interface QueueMessage<TEvent extends Message = Message> {
  readonly event: TEvent;
  readonly queue: string;
  /** Number of the message in its queue. */
  readonly seq: number;
  readonly key?: string | undefined;
  /** The producer's idempotency key. */
  readonly id?: string | undefined;
  /** When it was stored, ms since the epoch. */
  readonly sent: number;
  /** The attempt this is, 1 for the first. */
  readonly attempt: number;
}

export const encodeBody = (event: Message, isSpecial: boolean): Uint8Array =>
  encodeRecord({ event }, isSpecial);

/** @throws TroupeError CORRUPTED, UNKNOWN_VERSION */
export function decodeBody(bytes: Uint8Array): Message {
  const body = decodeRecord(bytes) as { readonly event?: unknown } | null;
  const event = body?.event;
  if (typeof event === 'object' && event !== null && typeof (event as Partial<Message>).type === 'string') {
    return event as Message;
  }
  throw new TroupeError('CORRUPTED', 'A stored message is no event.');
}

/** Longest key and longest id, bytes of UTF-8. */
const LONGEST = 256;

/** @throws TroupeError INVALID_OPTION */
export function checkText(value: unknown, what: string): string {
  const isText = typeof value === 'string' && value !== '' && value.isWellFormed();
  if (isText && Buffer.byteLength(value) <= LONGEST) return value;
  const shown =
    typeof value === 'string' ? `"${value.slice(0, 40)}${value.length > 40 ? '…' : ''}"` : String(value);
  throw new TroupeError(
    'INVALID_OPTION',
    `The ${what} of a queued message must be text of 1 to ${LONGEST} bytes, got ${shown}.`,
  );
}
