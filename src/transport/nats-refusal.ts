import type { ConnectionOptions } from 'nats';
import { TroupeError } from '../errors.ts';
import { shownServers } from './nats-servers.ts';

/** What may be over in a moment: a server that starts, moves, is full or out of reach. All else is its answer, or a wrong option. */
const PASSING = new Set([
  'AUTHENTICATION_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_REFUSED',
  'CONNECTION_TIMEOUT',
  'DISCONNECT',
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'NATS_PROTOCOL_ERR',
  'TIMEOUT',
]);

const codeOf = (error: unknown): string | undefined => {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
};

/** Did the server turn us away, so that it is of no use to ask again? */
export const isRefusal = (error: unknown): boolean => !PASSING.has(codeOf(error) ?? '');

/** Nobody answered in time. */
export const noServer = (options: ConnectionOptions, timeout: number, error: unknown): TroupeError =>
  new TroupeError(
    'NO_SERVER',
    `No NATS server answered at ${shownServers(options)} within ${timeout} ms (${codeOf(error) ?? 'no connection'}). Start one with "npx troupe nats", or pass the address of yours: nats({ servers: '…' }).`,
    { cause: withoutSecrets(error), retryable: true },
  );

/** The server answered, and does not want us. */
export const refused = (options: ConnectionOptions, error: unknown): TroupeError =>
  new TroupeError(
    'NO_SERVER',
    `The NATS server at ${shownServers(options)} refused the connection (${codeOf(error) ?? 'AUTHENTICATOR_FAILED'}): check the credentials and TLS settings.`,
    { cause: withoutSecrets(error) },
  );

/**
 * An error of the client as it may be shown. Its name and code say what happened; its text is kept only where it comes from the server,
 * the network or OpenSSL: that of an invalid option or of a user's authenticator may quote what it was given.
 */
export function withoutSecrets(error: unknown): Error {
  const { name, message } = error instanceof Error ? error : new Error();
  const code = codeOf(error);
  const isQuotable = name === 'NatsError' || isOfSystem(error);
  const shown =
    isQuotable && !message.includes('-----BEGIN')
      ? message
      : `${code ?? name} (its text may hold credentials)`;
  return Object.assign(new Error(shown), { name, ...(code === undefined ? {} : { code }) });
}

const isOfSystem = (error: unknown): boolean =>
  error instanceof Error && ('syscall' in error || 'library' in error);
