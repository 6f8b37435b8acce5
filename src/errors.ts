/** Stable codes of every error of Troupe. They cross the wire; never rename one. */
export type ErrorCode =
  | 'INVALID_ADDRESS'
  | 'INVALID_EVENT'
  | 'INVALID_OPTION'
  | 'INVALID_HISTORY'
  | 'UNSERIALIZABLE'
  | 'UNBOUNDED'
  | 'NOT_PROVIDED'
  | 'PAYLOAD_TOO_LARGE'
  | 'MALFORMED_MESSAGE'
  | 'UNKNOWN_VERSION'
  | 'NO_SUCH_ACTOR'
  | 'DUPLICATE_ID'
  | 'ACTOR_STOPPED'
  | 'ACTOR_FAILED'
  | 'NODE_DOWN'
  | 'NO_SERVER'
  | 'NATS_SERVER_MISSING'
  | 'NATS_SERVER_FAILED'
  | 'NATS_SERVER_STOPPED'
  | 'ADDRESS_IN_USE'
  | 'DISCONNECTED'
  | 'MAILBOX_FULL'
  | 'OVERLOADED'
  | 'TIMEOUT'
  | 'SYSTEM_STOPPED'
  | 'NO_SUCH_METHOD'
  | 'CIRCUIT_OPEN'
  | 'NO_STORE'
  | 'STORE_UNAVAILABLE'
  | 'STORE_MISMATCH'
  | 'STORE_DENIED'
  | 'STORE_FULL'
  | 'FENCED'
  | 'CORRUPTED'
  | 'NO_MIGRATION'
  | 'UNKNOWN_STATE'
  | 'SPAWN_IN_ASSIGN'
  | 'REMOTE'
  | (string & {});

/** The fields of an error that travel. `data` must survive the codec. */
export interface WireError {
  readonly name: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly data?: unknown;
}

export interface TroupeErrorOptions extends ErrorOptions {
  /** May the same call succeed later without a change by the caller? Default false. */
  readonly retryable?: boolean;
  /** Plain data for the program that catches the error; crosses the wire. */
  readonly data?: unknown;
}

/**
 * The one error family. `code` is for programs, `message` for people: what happened, the offending value,
 * what to do. Throw your own codes from handlers and machines: they reach the caller over the wire.
 */
export class TroupeError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  declare readonly data?: unknown;

  constructor(code: ErrorCode, message: string, options: TroupeErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TroupeError';
    this.code = code;
    this.retryable = options.retryable ?? false;
    if (options.data !== undefined) this.data = options.data;
  }
}

/** Is this an error of the family, also across duplicate copies of the package? */
export const isTroupeError = (value: unknown): value is TroupeError =>
  value instanceof Error && value.name === 'TroupeError' && 'code' in value && typeof value.code === 'string';

/**
 * Refuse options nobody knows: a typing error would otherwise be a default.
 * @throws TroupeError INVALID_OPTION naming the option and the known ones
 */
export function checkKnown(given: object, known: readonly string[], what: string): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new TroupeError(
      'INVALID_OPTION',
      `${what} has no option "${name}". Known options: ${known.join(', ')}.`,
    );
  }
}
