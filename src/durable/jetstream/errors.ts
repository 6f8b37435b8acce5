import { TroupeError } from '../../errors.ts';

export const unavailable = (why: string, cause?: unknown): TroupeError =>
  new TroupeError(
    'STORE_UNAVAILABLE',
    `The JetStream store does not answer: ${why}. Look whether nats-server runs with JetStream and its stream has a leader; the same may be tried again.`,
    { retryable: true, ...(cause instanceof Error ? { cause } : {}) },
  );

export const disabled = (): TroupeError =>
  new TroupeError(
    'STORE_UNAVAILABLE',
    'JetStream is not enabled on this nats-server: start it with "npx troupe nats", "nats-server -js", or a jetstream block in its configuration, and enable it for the account.',
    { retryable: true },
  );

export const denied = (operation: string, subject: string): TroupeError =>
  new TroupeError(
    'STORE_DENIED',
    `The NATS user of the store has no permission for ${operation} to "${subject}": grant it in the server's configuration.`,
    { data: { operation, subject } },
  );

export const full = (stream: string, description: string): TroupeError =>
  new TroupeError(
    'STORE_FULL',
    `The stream ${stream} takes no more: ${description}. Make room on the server's disk, or raise max_bytes of the stream or the limits of the account; what is stored stays readable.`,
  );

export const fenced = (id: string, expected: number): TroupeError =>
  new TroupeError(
    'FENCED',
    `A record of "${id}" was not appended: its last one is no longer at ${expected}. Another process has taken the actor over; load it again.`,
    { data: { id, expected } },
  );

export const tooLarge = (id: string, size: number, limit: number): TroupeError =>
  new TroupeError(
    'PAYLOAD_TOO_LARGE',
    `A record of "${id}" has ${size} bytes, the store takes ${limit}: keep less in the actor, or raise max_payload of nats-server.`,
    { data: { id, size, limit } },
  );

/** What `$JS.API.*` and an append that is refused answer. (nats-server, errors.json) */
export interface ApiError {
  /** As of HTTP. */
  readonly code: number;
  readonly err_code: number;
  readonly description: string;
}

export const API = {
  noMessage: 10037,
  messageGone: 10043,
  deleteFailed: 10057,
  nameInUse: 10058,
  noStream: 10059,
  noConsumer: 10014,
  tooManyConsumers: 10026,
  subjectsOverlap: 10065,
  wrongLastSequence: 10071,
  replicasUnsupported: 10074,
  notEnabled: 10076,
  notEnabledForAccount: 10039,
  storeFailed: 10077,
  noPeers: 10005,
  /** Another append to the subject is being agreed upon in the cluster. */
  contended: 10164,
} as const;

/** account limits, memory and storage exceeded, insufficient resources, too many streams */
const FULL = new Set([10002, 10023, 10027, 10028, 10047]);

export const isFull = ({ err_code, description }: ApiError): boolean =>
  FULL.has(err_code) ||
  (err_code === API.storeFailed && /maximum|space|exceeded|resource/i.test(description));

export const isDisabled = ({ err_code }: ApiError): boolean =>
  err_code === API.notEnabled || err_code === API.notEnabledForAccount;

/** Will the same request be answered later: no leader, not in sync, too many requests or cursors? */
export const isTransient = ({ code, err_code }: ApiError): boolean =>
  err_code === API.tooManyConsumers ||
  (code === 503 && err_code !== API.storeFailed && !FULL.has(err_code)) ||
  code === 429 ||
  code === 408;

/** An answer that fits nothing we know. */
export const unexpected = (subject: string, { err_code, description }: ApiError): TroupeError =>
  new TroupeError(
    'STORE_UNAVAILABLE',
    `JetStream refuses a request to "${subject}": ${description} (error ${err_code}).`,
    { data: { subject, error: err_code } },
  );
