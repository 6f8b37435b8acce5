import type { Clock } from '../../ports.ts';
import { TroupeError } from '../../errors.ts';
import { withDefaults, type NatsOptions } from '../../transport/nats-dial.ts';
import { createAppend, HEADER_ROOM } from './append.ts';
import { connectStore, type Connection } from './connection.ts';
import { namesOf, type Names } from './names.ts';
import { openStream } from './open.ts';
import { purger } from './purge.ts';
import { createHold } from './hold.ts';
import { createReader, loadChain, type Reader } from './read.ts';
import { createRequests, type Requests } from './requests.ts';
import { lastOfEach } from './scan.ts';
import { actorsConfig, wakesConfig, type Wanted } from './streams.ts';
import { answersInBatches } from './version.ts';
import { createWakes } from './wakes.ts';
import { queuesOver } from './queues.ts';
import type { Queues } from '../queue-store.ts';
import type { Journal, Store, StoreOptions } from '../store.ts';

export interface JetStreamOptions extends NatsOptions {
  /** Servers that keep each record, count. Default: 1 for new streams, and whatever existing ones have. */
  readonly replicas?: 1 | 3 | 5;
  /** `memory`: gone when the server ends. Default `file`. */
  readonly storage?: 'file' | 'memory';
}

/**
 * Durable actors in two JetStream streams of a nats-server, `TROUPE_<system>` and `TROUPE_<system>_WAKES`, which are made when they
 * do not exist. One connection of the store's own.
 *
 * What an append survives: the death of this process and of the server always; the loss of power or of a disk with replicas on other
 * machines, or with `sync_interval: always` in the server's configuration (without, it writes to disk every two minutes).
 * @param options as for `nats()`, and `replicas`, `storage`
 */
export function jetstream(options: JetStreamOptions = {}): Store {
  const { replicas, storage = 'file', ...connection } = options;
  checkOptions(replicas, storage);
  const resolved = withDefaults(connection);
  return { name: 'jetstream', open: async (store) => open(resolved, { replicas, storage }, store) };
}

function checkOptions(replicas: unknown, storage: unknown): void {
  if (![undefined, 1, 3, 5].includes(replicas as undefined))
    throw new TroupeError(
      'INVALID_OPTION',
      `jetstream({ replicas }) must be 1, 3 or 5, got ${String(replicas)}.`,
    );
  if (storage !== 'file' && storage !== 'memory')
    throw new TroupeError(
      'INVALID_OPTION',
      `jetstream({ storage }) must be "file" or "memory", got ${String(storage)}.`,
    );
}

async function open(
  options: NatsOptions,
  { replicas, storage }: Pick<Wanted, 'replicas' | 'storage'>,
  store: StoreOptions,
): Promise<Journal> {
  const { system, clock, timeout, shards, history } = store;
  const connection = await connectStore(options, store);
  try {
    const server = connection.info;
    const requests = createRequests(connection.requests, clock);
    const names = namesOf(system);
    const wanted: Wanted = { replicas, storage, shards, history, maxPayload: server.maxPayload };
    const opening = { requests, clock, deadline: clock.now() + timeout, server, wanted };
    const actors = await openStream(opening, actorsConfig(names, wanted));
    const wakes = await openStream(opening, wakesConfig(names, wanted));
    const replicated = (actors.num_replicas ?? 1) > 1 || (wakes.num_replicas ?? 1) > 1;
    const inBatches = (): boolean => answersInBatches(connection.info.version);
    const reader = createReader({ requests, stream: names.actors, replicated, inBatches });
    const queues = queuesOver({ connection, requests, wanted, store });
    return journalOf({ connection, requests, names, reader, clock, timeout, replicated, queues });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

interface Parts {
  readonly connection: Connection;
  readonly requests: Requests;
  readonly names: Names;
  readonly reader: Reader;
  readonly clock: Clock;
  readonly timeout: number;
  readonly replicated: boolean;
  readonly queues: Queues;
}

function journalOf({
  connection,
  requests,
  names,
  reader,
  clock,
  timeout,
  replicated,
  queues,
}: Parts): Journal {
  const deadline = (): number => clock.now() + timeout;
  const purge = purger({ requests, names, reader, deadline });
  const wakes = createWakes({ line: connection.appends, requests, names, clock, replicated, deadline });
  const limit = (): number => connection.info.maxPayload - HEADER_ROOM;
  const work = createHold();
  let closing: Promise<void> | undefined;
  return {
    get limit() {
      return limit();
    },
    queues,
    append: createAppend({
      line: connection.appends,
      clock,
      timeout,
      stream: names.actors,
      limit,
      hold: work.hold,
      subject: (id) => names.actor(id),
      next: async (subject, after, until) => reader.next(subject, after, until),
    }),
    load: async (id) => work.hold(loadChain(reader, names.actor(id), id, deadline())),
    async *history(id) {
      const subject = names.actor(id);
      const last = await reader.last(subject, deadline());
      if (last !== undefined) yield* reader.between(subject, 1, last.position, deadline);
    },
    async *ids() {
      const scan = { requests, clock, stream: names.actors, replicated, deadline };
      for await (const { subject } of lastOfEach(scan, [names.everyActor], true)) yield names.idOf(subject);
    },
    purge: async (id) => work.hold(purge(id)),
    wake: async (id, shard, at) => work.hold(wakes.wake(id, shard, at)),
    unwake: async (id, shard, position) => work.hold(wakes.unwake(id, shard, position)),
    wakes: (shards) => wakes.wakes(shards),
    close: async () => (closing ??= work.idle().then(async () => connection.close())),
  };
}
