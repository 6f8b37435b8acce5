import {
  connect as dial,
  createInbox,
  Events,
  type ConnectionOptions,
  type Msg,
  type NatsConnection,
} from 'nats';
import { TroupeError } from '../errors.ts';
import type { Clock, TimerHandle } from '../ports.ts';
import { shownServers, withServers } from './nats-servers.ts';
import type { Link, LinkOptions, Transport, Unsubscribe } from './transport.ts';

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
/** Time for the nodes that are there to answer a hello, ms. */
const JOINING = 40;

/**
 * The transport over NATS core. One connection per system; reconnection is tried for ever.
 * @param options `{ servers: 'nats://127.0.0.1:4222' }` if not given; `NATS_URL` is not read
 */
export function nats(options: NatsOptions = {}): Transport {
  const resolved = withServers({ ...DEFAULTS, ...options });
  return {
    name: 'nats',
    connect: async (link) => connect(resolved, link),
    settle: async (clock) => new Promise<void>((resolve) => void clock.setTimeout(resolve, JOINING)),
  };
}

async function connect(options: NatsOptions, link: LinkOptions): Promise<Link> {
  const connection = await dialUntil(options, link);
  const state = { connected: true };
  void follow(connection, state, link);
  void connection.closed().then((error) => {
    state.connected = false;
    link.onClosed(error instanceof Error ? error : undefined);
  });
  const replySubject = unheardInbox(connection, options.inboxPrefix ?? '_INBOX');
  return createLink(connection, state, replySubject, link.clock);
}

/** A server that is still starting is waited for; one that refuses us is not. */
async function dialUntil(
  options: NatsOptions,
  { name, clock, timeout }: LinkOptions,
): Promise<NatsConnection> {
  const deadline = clock.now() + timeout;
  for (;;) {
    const left = Math.max(1, deadline - clock.now());
    try {
      return await dial({ name, ...options, timeout: left, maxReconnectAttempts: -1, noRandomize: true });
    } catch (error) {
      if (isRefusal(error)) throw refused(options, error);
      if (clock.now() + REDIAL >= deadline) throw noServer(options, timeout, error);
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, REDIAL));
    }
  }
}

async function follow(
  connection: NatsConnection,
  state: { connected: boolean },
  link: LinkOptions,
): Promise<void> {
  for await (const { type, data } of connection.status()) {
    if (type === Events.Disconnect || type === Events.Reconnect) {
      state.connected = type === Events.Reconnect;
      link.onStatus(state.connected);
    } else if (type === Events.Error) {
      link.log.warn('NATS reports an error', {
        error: typeof data === 'string' ? data : 'server list update',
      });
    }
  }
}

function createLink(
  connection: NatsConnection,
  state: { connected: boolean },
  replySubject: ReplySubject,
  clock: Clock,
): Link {
  let closing: Promise<void> | undefined;
  return {
    get connected() {
      return state.connected && !connection.isClosed() && !connection.isDraining();
    },
    get maxPayload() {
      return connection.info?.max_payload ?? 1024 * 1024;
    },
    publish(subject, bytes, unheard) {
      if (connection.isClosed() || connection.isDraining()) return;
      if (unheard === undefined) connection.publish(subject, bytes);
      else connection.publish(subject, bytes, { reply: replySubject(subject, unheard) });
    },
    subscribe(subject, onMessage, group): Unsubscribe {
      const subscription = connection.subscribe(subject, {
        ...(group === undefined ? {} : { queue: group }),
        callback: (error, message) => {
          if (error === null && !isUnheard(message)) onMessage(message.data, message.subject);
        },
      });
      return () => subscription.unsubscribe();
    },
    close: async () => (closing ??= end(connection, state.connected, clock)),
  };
}

/** Time a server gets to take what is still to be sent, ms: one that is gone or silent never says that it has. */
const PARTING = 2_000;

async function end(connection: NatsConnection, connected: boolean, clock: Clock): Promise<void> {
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

type ReplySubject = (subject: string, unheard: () => void) => string;

/**
 * The server answers a publish that nobody receives with status 503 on its reply subject (ADR-4): give every destination
 * a reply subject of its own, and such an answer names the destination. Nobody else ever answers there.
 */
function unheardInbox(connection: NatsConnection, prefix: string): ReplySubject {
  const root = createInbox(prefix);
  const replies = new Map<string, string>();
  const callbacks: (() => void)[] = [];
  connection.subscribe(`${root}.*`, {
    callback: (_error, message) => {
      if (isUnheard(message)) callbacks[Number(message.subject.slice(root.length + 1))]?.();
    },
  });
  return (subject, unheard) => {
    let reply = replies.get(subject);
    if (reply === undefined) {
      reply = `${root}.${callbacks.length}`;
      replies.set(subject, reply);
      callbacks.push(unheard);
    }
    return reply;
  };
}

const isUnheard = (message: Msg): boolean => message.data.length === 0 && message.headers?.code === 503;

const REFUSALS = new Set([
  'AUTHORIZATION_VIOLATION',
  'AUTHENTICATION_EXPIRED',
  'BAD_AUTHENTICATION',
  'NKEYS_UNSUPPORTED',
  'TLS',
  'BAD_CREDS',
]);

const codeOf = (error: unknown): string | undefined => (error as { code?: string } | undefined)?.code;

const isRefusal = (error: unknown): boolean => REFUSALS.has(codeOf(error) ?? '');

const noServer = (options: NatsOptions, timeout: number, cause: unknown): TroupeError =>
  new TroupeError(
    'NO_SERVER',
    `No NATS server answered at ${shownServers(options)} within ${timeout} ms (${codeOf(cause) ?? 'no connection'}). Start one with "npx troupe nats", or pass the address of yours: nats({ servers: '…' }).`,
    { cause, retryable: true },
  );

const refused = (options: NatsOptions, cause: unknown): TroupeError =>
  new TroupeError(
    'NO_SERVER',
    `The NATS server at ${shownServers(options)} refused the connection (${codeOf(cause) ?? ''}): check the credentials and TLS settings.`,
    { cause },
  );
