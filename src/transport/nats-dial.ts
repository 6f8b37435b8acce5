import type { ConnectionOptions, NatsConnection } from 'nats';
import type { Clock, TimerHandle } from '../ports.ts';
import { attempt } from './nats-attempt.ts';
import { isRefusal, noServer, refused } from './nats-refusal.ts';
import { withServers } from './nats-servers.ts';

/**
 * The nats client's own options, passed through: servers (credentials in an address are understood), tls, user and pass, token,
 * authenticator, inboxPrefix, ...
 * Credentials are never logged nor put into errors.
 */
export type NatsOptions = ConnectionOptions;

/** Redial soon, and notice a silent link within about four seconds instead of the client's four minutes. */
const DEFAULTS = {
  reconnectTimeWait: 250,
  reconnectJitter: 100,
  pingInterval: 2_000,
  maxPingOut: 2,
} as const;
const REDIAL = 100;
/**
 * Time one server gets to answer, ms. The client keeps to it when it redials: a server that is stopped accepts connections (its kernel
 * does) and says nothing, and the others of the cluster are not tried meanwhile; a moment would be too short for ever.
 */
const HANDSHAKE = { shortest: 500, longest: 4_000 } as const;

export interface DialOptions {
  /** Name to show on the server. */
  readonly name: string;
  readonly clock: Clock;
  /** Give up after this, ms. */
  readonly timeout: number;
}

export const withDefaults = (options: NatsOptions): NatsOptions => withServers({ ...DEFAULTS, ...options });

/**
 * A connection that reconnects for ever. A server that is still starting is waited for; one that refuses us is not.
 * @throws TroupeError NO_SERVER; retryable unless the server refused us
 */
export async function dial(
  options: NatsOptions,
  { name, clock, timeout }: DialOptions,
): Promise<NatsConnection> {
  const deadline = clock.now() + timeout;
  for (;;) {
    const left = Math.min(HANDSHAKE.longest, Math.max(HANDSHAKE.shortest, deadline - clock.now()));
    try {
      const resolved = { name, ...options, timeout: left, maxReconnectAttempts: -1, noRandomize: true };
      return await attempt(resolved, clock);
    } catch (error) {
      if (isRefusal(error)) throw refused(options, error);
      if (clock.now() + REDIAL >= deadline) throw noServer(options, timeout, error);
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, REDIAL));
    }
  }
}

/** Time a server gets to take what is still to be sent, ms: one that is gone or silent never says that it has. */
const PARTING = 2_000;

/** Send what was published, then disconnect. */
export async function hangUp(connection: NatsConnection, connected: boolean, clock: Clock): Promise<void> {
  if (connection.isClosed()) return;
  if (connected) {
    let timer: TimerHandle;
    const overdue = new Promise<void>((resolve) => (timer = clock.setTimeout(resolve, PARTING)));
    // Losing the connection meanwhile is no failure of closing it.
    await Promise.race([connection.drain().catch(() => undefined), overdue]);
    clock.clearTimeout(timer);
  }
  await connection.close();
}
