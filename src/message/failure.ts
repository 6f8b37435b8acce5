import { isTroupeError, TroupeError, type WireError } from '../errors.ts';
import { checkPlain } from './plain.ts';

/** How errors cross the wire: seed 003's typed RPC errors. The stack stays at home. */
export function toWire(error: unknown): WireError {
  if (isTroupeError(error)) {
    const { name, code, message, retryable, data } = error;
    return { name, code, message, retryable, ...(isPlain(data) ? { data } : {}) };
  }
  if (error instanceof Error)
    return { name: error.name, code: 'REMOTE', message: error.message, retryable: false };
  return { name: 'TroupeError', code: 'REMOTE', message: String(error), retryable: false };
}

/** The error a caller catches: its code, message and data are those of the thrower. */
export function fromWire(value: unknown): TroupeError {
  const wire = (typeof value === 'object' && value !== null ? value : {}) as Partial<
    Record<keyof WireError, unknown>
  >;
  return new TroupeError(
    typeof wire.code === 'string' ? wire.code : 'REMOTE',
    typeof wire.message === 'string' ? wire.message : 'The other side failed without saying why.',
    { retryable: wire.retryable === true, ...(wire.data === undefined ? {} : { data: wire.data }) },
  );
}

const DEPTH = 16;

function isPlain(data: unknown): boolean {
  if (data === undefined) return false;
  try {
    checkPlain(data, DEPTH);
    return true;
  } catch {
    return false;
  }
}
