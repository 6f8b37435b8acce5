import { nuid } from 'nats';
import { openQueueStream, deadConfig, infoOf, queueConfig, type QueueConfig } from './queue-streams.ts';
import { jetStreamDead } from './dead.ts';
import { unavailable } from './errors.ts';
import type { OpenOptions } from './open.ts';
import { jetStreamQueue, type QueueLines } from './queue.ts';
import { deadNames, queueNames } from './queue-names.ts';
import { connectStore, type Connection } from './connection.ts';
import { createRequests, type Requests } from './requests.ts';
import { withDefaults, type NatsOptions } from '../../transport/nats-dial.ts';
import type { Wanted } from './streams.ts';
import type { Queues } from '../queue-store.ts';
import type { StoreOptions } from '../store.ts';

export interface QueuesOptions {
  readonly connection: Connection;
  readonly requests: Requests;
  readonly wanted: Wanted;
  readonly store: StoreOptions;
}

/** A message has headers besides its body: key, id and time, at most three bytes for each of theirs. */
const HEADERS = 4 * 1024;

/** The queues of a system, each in a stream of its own. */
export function queuesOver({ connection, requests, wanted, store }: QueuesOptions): Queues {
  const { system, clock, timeout } = store;
  const opening = (): OpenOptions => ({
    requests,
    clock,
    deadline: clock.now() + timeout,
    server: connection.info,
    wanted,
  });
  const { appends, polls } = connection;
  const limit = (): number => connection.info.maxPayload - HEADERS;
  return queuesOf(
    system,
    { requests, appends, polls, clock, timeout, limit, unique: () => nuid.next() },
    opening,
  );
}

function queuesOf(system: string, lines: QueueLines, opening: () => OpenOptions): Queues {
  const dead = deadNames(system);
  const find: Queues['find'] = async (name) => {
    const names = queueNames(system, name);
    const info = await infoOf(lines.requests, names.stream, opening().deadline);
    return info && jetStreamQueue(lines, name, names, info);
  };
  const openDead = async (): Promise<QueueConfig> => {
    const options = opening();
    return openQueueStream(options, deadConfig(options.wanted, dead.stream, dead.all));
  };
  return {
    dead: jetStreamDead(lines, dead, openDead),
    find,
    async open(name, partitions) {
      // Whoever may make streams makes both: nodes without that right could store no dead letter.
      await openDead();
      const names = queueNames(system, name);
      const options = opening();
      await openQueueStream(options, queueConfig(options.wanted, names.stream, names.all, partitions));
      const queue = await find(name);
      if (queue === undefined)
        throw unavailable(`the stream ${names.stream} was removed just after it was made`);
      return queue;
    },
  };
}

/** The queues of a system for somebody who has no actors there, over a connection of their own: nothing is made by looking. */
export async function lookAtQueues(
  options: NatsOptions,
  store: StoreOptions,
): Promise<{ readonly queues: Queues; close(): Promise<void> }> {
  const connection = await connectStore(withDefaults(options), store);
  const { shards, history, clock } = store;
  const { maxPayload } = connection.info;
  const wanted: Wanted = { replicas: undefined, storage: 'file', shards, history, maxPayload };
  const requests = createRequests(connection.requests, clock);
  const queues = queuesOver({ connection, requests, wanted, store });
  return { queues, close: async () => connection.close() };
}
