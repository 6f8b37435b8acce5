import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TroupeError } from '../errors.ts';

/** Bytes of a token when it is unpacked. A longer one is none of ours. */
const maxBytes = 16 * 1024 * 1024;

/** A text as one word of letters, digits, `-` and `_`, to be copied from a report. */
export const packed = (text: string): string => deflateRawSync(text, { level: 9 }).toString('base64url');

/**
 * What a token was made of.
 * @throws TroupeError INVALID_TOKEN when it is not a whole token
 */
export function unpacked<T>(token: string, read: (text: string) => T): T {
  try {
    if (!/^[\w-]+$/.test(token)) throw new Error('it has other characters than letters, digits, "-" and "_"');
    return read(inflateRawSync(Buffer.from(token, 'base64url'), { maxOutputLength: maxBytes }).toString());
  } catch (cause) {
    throw invalidToken('it is cut off or changed', cause);
  }
}

export const invalidToken = (why: string, cause?: unknown): TroupeError =>
  new TroupeError(
    'INVALID_TOKEN',
    `The replay token cannot be used: ${why}. Copy the whole token of a report.`,
    cause === undefined ? {} : { cause },
  );
