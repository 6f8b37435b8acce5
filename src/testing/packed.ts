import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { TroupeError } from '../errors.ts';
import { unpack as revive } from '../message/special.ts';
import { recordable } from '../monitoring/recording.ts';

/** Bytes of a token when it is unpacked. A longer one is none of ours. */
const maxBytes = 16 * 1024 * 1024;

/** A value as one word of letters, digits, `-` and `_`, to be copied from a report. */
export const toToken = (value: unknown): string =>
  deflateRawSync(JSON.stringify(recordable(value)), { level: 9 }).toString('base64url');

/** @throws TroupeError INVALID_TOKEN when it is not a whole token */
export function fromToken(token: string): unknown {
  try {
    if (!/^[\w-]+$/.test(token)) throw new Error('it has other characters than letters, digits, "-" and "_"');
    return revive(
      JSON.parse(inflateRawSync(Buffer.from(token, 'base64url'), { maxOutputLength: maxBytes }).toString()),
    );
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
