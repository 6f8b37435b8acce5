import { withDefaults, type NatsOptions } from '../../transport/nats-dial.ts';
import { connectStore } from './connection.ts';
import { disabled } from './errors.ts';
import { namesOf } from './names.ts';
import { infoOf } from './queue-streams.ts';
import { createReader } from './read.ts';
import { createRequests } from './requests.ts';
import { answersInBatches } from './version.ts';
import type { Journal, StoreOptions } from '../store.ts';

/** What somebody may do who only looks. */
export type Look = Pick<Journal, 'history' | 'close'>;

/**
 * The records of a system's durable actors for somebody who has none there, over a connection of their own: nothing is made by looking, and
 * whatever settings the stream has are fine.
 * @returns undefined when the system has no durable actors there
 * @throws TroupeError STORE_UNAVAILABLE, STORE_DENIED
 */
export async function lookAtActors(options: NatsOptions, store: StoreOptions): Promise<Look | undefined> {
  const connection = await connectStore(withDefaults(options), store);
  const { clock, timeout, system } = store;
  const deadline = (): number => clock.now() + timeout;
  const names = namesOf(system);
  const stream = names.actors;
  const requests = createRequests(connection.requests, clock);
  try {
    const { jetstream, clustered } = connection.info;
    if (!jetstream && !clustered) throw disabled();
    const info = await infoOf(requests, stream, deadline());
    if (info === undefined) {
      await connection.close();
      return undefined;
    }
    const replicated = (info.config.num_replicas ?? 1) > 1;
    const inBatches = (): boolean => answersInBatches(connection.info.version);
    const reader = createReader({ requests, stream, replicated, inBatches });
    return {
      async *history(id) {
        const subject = names.actor(id);
        const last = await reader.last(subject, deadline());
        if (last !== undefined) yield* reader.between(subject, 1, last.position, deadline);
      },
      close: async () => connection.close(),
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}
