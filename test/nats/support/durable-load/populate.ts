import type { Journal } from 'troupe';
import type { Commit, DurableState } from '../../../../src/durable/commit.ts';
import { decodeRecord, encodeRecord } from '../../../../src/durable/record.ts';
import { shardOf } from '../../../../src/message/shard.ts';

/** Writes at a time, count. */
const WIDTH = 1_024;

/** Write many actors into a store, each as the one of `like` is stored; far faster than sending something to each. */
export interface Population {
  readonly like: string;
  readonly count: number;
  readonly idOf: (n: number) => string;
  /** When the timer of `like` runs out in each, ms since the epoch, and each is to be woken; undefined: it has none. */
  readonly due?: number;
  readonly shards: number;
}

export async function populate(
  journal: Journal,
  { like, count, idOf, due, shards }: Population,
): Promise<void> {
  const [entry] = await journal.load(like);
  const commit = decodeRecord(entry!.record) as Commit & { readonly state: DurableState };
  const { actor } = commit.state;
  const timers = actor.timers.map((timer) => ({ ...timer, due: due ?? timer.due }));
  const state = { ...commit.state, keys: [], actor: { ...actor, timers } };
  let next = 0;
  const write = async (): Promise<void> => {
    for (let n = next++; n < count; n = next++) {
      const id = idOf(n);
      await journal.append(id, encodeRecord({ ...commit, id: `made.${n}`, state }, false), 0);
      if (due !== undefined) await journal.wake(id, shardOf(id, shards), due);
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, write));
}
