import { Events, type NatsConnection, type Status } from 'nats';
import { isTroupeError, TroupeError } from '../../errors.ts';
import { dial, hangUp, type NatsOptions } from '../../transport/nats-dial.ts';
import { withoutSecrets } from '../../transport/nats-refusal.ts';
import { Line } from './line.ts';
import { denied, unavailable } from './errors.ts';
import type { StoreOptions } from '../store.ts';

/** Appends on their way at one time, count: a server that is flooded refuses from 10,000 on. */
const APPENDS = 4_096;
/** Other requests on their way at one time, count. */
const REQUESTS = 512;

/** Readers of queues that wait for messages at one time, count. */
const POLLS = 16_384;
/** Silence after which an answer is no longer counted on, ms; less when the store's own timeout is short. */
const PATIENCE = 2_000;
/** A poll is silent for a second when there is nothing to read, ms. */
const POLL_PATIENCE = 3_000;

/** A connection of the store's own, and the lines over it: appends never wait behind reads, nor either behind polls. */
export interface Connection {
  readonly appends: Line;
  readonly requests: Line;
  readonly polls: Line;
  readonly info: ServerInfo;
  close(): Promise<void>;
}

/** What the server says of itself; changes with a reconnect. */
export interface ServerInfo {
  /** `major.minor.patch` */
  readonly version: string;
  /** Largest message with its headers, bytes. */
  readonly maxPayload: number;
  readonly jetstream: boolean;
  readonly clustered: boolean;
}

/** @throws TroupeError STORE_UNAVAILABLE (retryable) or STORE_DENIED when the server refuses the credentials */
export async function connectStore(options: NatsOptions, store: StoreOptions): Promise<Connection> {
  const { system, clock, timeout, log } = store;
  const connection = await dial(options, { name: `${system} store`, clock, timeout }).catch(unreached);
  const line = (window: number, patience = Math.min(PATIENCE, timeout * 0.4)): Line =>
    new Line({ connection, inboxPrefix: options.inboxPrefix, clock, window, patience });
  const [appends, requests, polls] = [line(APPENDS), line(REQUESTS), line(POLLS, POLL_PATIENCE)] as const;
  const lines = [appends, requests, polls];
  const state = { connected: true };
  const follow = async (): Promise<void> => {
    for await (const status of connection.status()) {
      const refusal = refusalOf(status);
      if (refusal !== undefined) tell(lines, refusal);
      else if (status.type === Events.Error) log.warn('NATS reports an error', { error: textOf(status) });
      if (status.type !== Events.Disconnect && status.type !== Events.Reconnect) continue;
      state.connected = status.type === Events.Reconnect;
      for (const each of lines) {
        if (state.connected) each.back();
        else each.lost();
      }
    }
  };
  void follow();
  void connection.closed().then((error) => {
    state.connected = false;
    for (const each of lines)
      each.break(unavailable('the connection is closed', error && withoutSecrets(error)));
  });
  let said = connection.info;
  let info = infoOf(said);
  return {
    appends,
    requests,
    polls,
    get info() {
      // Asked for twice an append; the client replaces what the server said when it says something new.
      if (connection.info !== said) info = infoOf((said = connection.info));
      return info;
    },
    async close() {
      await Promise.all([appends.idle(), requests.idle()]);
      for (const each of lines) each.break(unavailable('the store was closed'));
      await hangUp(connection, state.connected, clock);
    },
  };
}

function unreached(error: unknown): never {
  if (!isTroupeError(error)) throw error;
  throw new TroupeError(error.retryable ? 'STORE_UNAVAILABLE' : 'STORE_DENIED', error.message, {
    cause: error,
    retryable: error.retryable,
  });
}

interface Refusal {
  readonly operation: string;
  readonly subject: string;
}

const refusalOf = ({ permissionContext }: Status): Refusal | undefined => permissionContext;

function tell(lines: readonly Line[], { operation, subject }: Refusal): void {
  const error = denied(operation, subject);
  for (const line of lines) {
    if (operation === 'publish') line.refused(subject, error);
    else if (subject === line.inbox) line.break(error);
  }
}

const textOf = ({ data }: Status): string => (typeof data === 'string' ? data : 'server list update');

const infoOf = (info: NatsConnection['info']): ServerInfo => ({
  version: info?.version ?? '0.0.0',
  maxPayload: info?.max_payload ?? 1024 * 1024,
  jetstream: info?.jetstream ?? false,
  clustered: info?.cluster !== undefined && info.cluster !== '',
});
