import type { Commit, DurableState } from '../../../../src/durable/commit.ts';
import { commitOf, replay } from '../../../../src/durable/cell/log.ts';
import type { Entry, Journal } from '../../../../src/durable/store.ts';

/** One actor as the store has it: its state after every commit. */
export interface StoredActor {
  readonly id: string;
  readonly commits: readonly Commit[];
  readonly states: readonly DurableState[];
  readonly last: DurableState;
}

export const contextOf = <T>({ last }: StoredActor): T => last.actor.context as T;

/** What is left to be done, in words: unconfirmed deeds, work, wakes. */
export async function unfinished(journal: Journal, shards: number): Promise<readonly string[]> {
  const left: string[] = [];
  for await (const id of journal.ids()) {
    const { outbox, works } = replay(id, await journal.load(id)).state;
    for (const pending of outbox) left.push(`${id} has to do ${JSON.stringify(pending)}`);
    for (const work of works) left.push(`${id} works on ${JSON.stringify(work)}`);
  }
  for (const id of await outstanding(journal, shards)) left.push(`${id} wants to be woken`);
  return left;
}

/** Ids of the actors that want to be woken. */
async function outstanding(journal: Journal, shards: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const { id } of journal.wakes(new Set(Array.from({ length: shards }, (_, at) => at))))
    ids.push(id);
  return ids;
}

/** All actors with all that was ever stored of them. */
export async function everything(journal: Journal): Promise<ReadonlyMap<string, StoredActor>> {
  const actors = new Map<string, StoredActor>();
  for await (const id of journal.ids()) {
    const entries: Entry[] = [];
    for await (const entry of journal.history(id)) entries.push(entry);
    const commits = entries.map(({ position, record }) => commitOf(id, position, record));
    const states = entries.map((_, at) => replay(id, chainTo(entries, commits, at)).state);
    actors.set(id, { id, commits, states, last: states.at(-1)! });
  }
  return actors;
}

/** The last snapshot before and all deltas since. */
function chainTo<T>(entries: readonly T[], commits: readonly Commit[], at: number): readonly T[] {
  let from = at;
  while (commits[from]?.state === undefined && from > 0) from -= 1;
  return entries.slice(from, at + 1);
}
