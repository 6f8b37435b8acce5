import { expectFine, type Requests } from './requests.ts';
import type { Names } from './names.ts';
import type { Reader } from './read.ts';
import type { Journal } from '../store.ts';

export interface PurgeOptions {
  readonly requests: Requests;
  readonly names: Names;
  readonly reader: Reader;
  readonly deadline: () => number;
}

/**
 * The records first: a wake without an actor does no harm, unfinished work without a wake would be forgotten. Only what was there when
 * it began: asked once more, because the answer was lost, it must not take the first records of a new actor of that id.
 */
export function purger({ requests, names, reader, deadline }: PurgeOptions): Journal['purge'] {
  const purge = async (stream: string, body: object): Promise<void> => {
    const subject = `$JS.API.STREAM.PURGE.${stream}`;
    expectFine(subject, await requests.ask(subject, body, deadline()));
  };
  return async (id) => {
    const filter = names.actor(id);
    const last = await reader.last(filter, deadline());
    if (last !== undefined) await purge(names.actors, { filter, seq: last.position + 1 });
    await purge(names.wakes, { filter: names.anyWake(id) });
  };
}
