import type { Key, RangeOptions } from 'lmdb';
import { numbered, numberIn, part, type FileDatabase } from './database.ts';
import type { Position, Wake } from '../store.ts';

/** Read at once, count. */
const CHUNK = 2_000;

export async function wake(
  { wakes, homes }: FileDatabase,
  id: string,
  shard: number,
  at: number,
  position: Position,
): Promise<void> {
  const home = homes.get(id);
  const isHome = home !== undefined && numberIn(home) === shard;
  await wakes.batch(() => {
    part(wakes.put([shard, id], numbered(at), position));
    if (!isHome) part(homes.put(id, numbered(shard)));
  });
}

export async function unwake(
  { wakes }: FileDatabase,
  id: string,
  shard: number,
  at: Position,
): Promise<void> {
  await wakes.remove([shard, id], at);
}

interface Found {
  readonly key: Key;
  readonly value: Buffer;
  readonly version?: number;
}

/** In parts. */
export function* wakesOf(
  { wakes, refresh }: FileDatabase,
  shards: ReadonlySet<number>,
): Generator<readonly Wake[]> {
  for (const shard of shards) {
    let start: Key = [shard];
    for (let isMore = true; isMore;) {
      refresh();
      const range: RangeOptions = {
        start,
        exclusiveStart: true,
        end: [shard + 1],
        versions: true,
        limit: CHUNK,
      };
      const found: Found[] = Array.from(wakes.getRange(range));
      yield found.map(({ key, value, version }): Wake => ({
        id: (key as [number, string])[1],
        at: numberIn(value),
        position: version ?? 0,
      }));
      start = found.at(-1)?.key ?? start;
      isMore = found.length === CHUNK;
    }
  }
}

/** Forget the wake of an actor, whatever its shard. */
export async function forgetWake({ wakes, homes, refresh }: FileDatabase, id: string): Promise<void> {
  refresh();
  const home = homes.get(id);
  if (home === undefined) return;
  await wakes.batch(() => {
    part(wakes.remove([numberIn(home), id]));
    part(homes.remove(id));
  });
}
