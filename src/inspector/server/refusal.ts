import { isTroupeError, TroupeError } from '../../errors.ts';
import type { Refusal } from '../protocol.ts';
import { bounds } from './bounds.ts';

const statuses: Readonly<Record<string, number>> = {
  UNAUTHORIZED: 401,
  FOREIGN_HOST: 403,
  FOREIGN_ORIGIN: 403,
  NOT_ALLOWED: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NO_SUCH_ACTOR: 404,
  NO_SUCH_CHART: 404,
  NO_SUCH_LETTER: 404,
  NO_SUCH_WATCHING: 404,
  NOT_AVAILABLE: 409,
  TOO_LARGE: 413,
  PAYLOAD_TOO_LARGE: 413,
  TOO_MANY: 429,
  INTERNAL: 500,
};

export interface Refused {
  readonly status: number;
  readonly refusal: Refusal;
}

/** What a failure looks like from outside. An error nobody foresaw says no more than that it happened. */
export function toRefused(error: unknown): Refused {
  if (!isTroupeError(error)) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 500, refusal: { code: 'INTERNAL', message: `The inspector failed: ${message}` } };
  }
  const { code, message } = error;
  return { status: statusOf(code), refusal: { code, message } };
}

const statusOf = (code: string): number =>
  Object.hasOwn(statuses, code)
    ? (statuses[code] as number)
    : /^(INVALID|MALFORMED|UNSERIALIZABLE)/.test(code)
      ? 400
      : 409;

export const badRequest = (message: string): TroupeError => new TroupeError('INVALID_REQUEST', message);

export const notAllowed = (): TroupeError =>
  new TroupeError(
    'NOT_ALLOWED',
    'This inspector may only look: start it with --allow-send (or allowSend: true) to send events and to replay or drop dead letters.',
  );

/** What was refused since the server began, by code. */
export class Refusals {
  readonly #counts = new Map<string, number>();

  count(code: string): void {
    const name = this.#counts.has(code) || this.#counts.size < bounds.codes ? code : 'OTHER';
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }
}
