import { createInbox, Events, type Msg, type NatsConnection } from 'nats';
import type { Clock } from '../ports.ts';
import { dial, hangUp, type NatsOptions, withDefaults } from './nats-dial.ts';
import { withoutSecrets } from './nats-refusal.ts';
import type { Link, LinkOptions, Transport, Unsubscribe } from './transport.ts';

/** Time for the nodes that are there to answer a hello, ms. */
const JOINING = 40;

/**
 * The transport over NATS core. One connection per system; reconnection is tried for ever.
 * @param options `{ servers: 'nats://127.0.0.1:4222' }` if not given; `NATS_URL` is not read
 */
export function nats(options: NatsOptions = {}): Transport {
  const resolved = withDefaults(options);
  return {
    name: 'nats',
    connect: async (link) => connect(resolved, link),
    settle: async (clock) => new Promise<void>((resolve) => void clock.setTimeout(resolve, JOINING)),
  };
}

async function connect(options: NatsOptions, link: LinkOptions): Promise<Link> {
  const connection = await dial(options, link);
  const state = { connected: true };
  void follow(connection, state, link);
  void connection.closed().then((error) => {
    state.connected = false;
    link.onClosed(error instanceof Error ? withoutSecrets(error) : undefined);
  });
  const replySubject = unheardInbox(connection, options.inboxPrefix ?? '_INBOX');
  return createLink(connection, state, replySubject, link.clock);
}

async function follow(
  connection: NatsConnection,
  state: { connected: boolean },
  link: LinkOptions,
): Promise<void> {
  const denied = new Set<string>();
  for await (const { type, data, permissionContext } of connection.status()) {
    if (type === Events.Disconnect || type === Events.Reconnect) {
      state.connected = type === Events.Reconnect;
      link.onStatus(state.connected);
    } else if (permissionContext !== undefined) {
      const { operation, subject } = permissionContext;
      if (isNew(denied, `${operation} ${subject}`)) link.log.warn(DENIED, { operation, subject });
    } else if (type === Events.Error) {
      link.log.warn('NATS reports an error', {
        error: typeof data === 'string' ? data : 'server list update',
      });
    }
  }
}

const DENIED = 'NATS denies a subject: give its user the permissions that "npx troupe acl" prints';
/** Denied subjects that are remembered, count: each is reported once, not with every heartbeat. */
const REMEMBERED = 1_000;

function isNew(known: Set<string>, what: string): boolean {
  if (known.has(what)) return false;
  if (known.size >= REMEMBERED) known.clear();
  known.add(what);
  return true;
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
    close: async () => (closing ??= hangUp(connection, state.connected, clock)),
  };
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
    callback: (error, message) => {
      // An error comes with no message: reading one would end the client's read loop.
      if (error === null && isUnheard(message)) callbacks[Number(message.subject.slice(root.length + 1))]?.();
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
