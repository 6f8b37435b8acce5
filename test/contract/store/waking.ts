import { expect, it } from 'vitest';
import type { Position } from '../../../src/durable/store.ts';
import { SHARDS, gather, told, awkward, type Open, type Pair } from './support.ts';

export function waking(open: Open, pair: Pair): void {
  it('remembers the last wake of an actor, for every node', async () => {
    const [near, far] = await pair();
    await near.wake('a', 2, 1_000);
    const position = await near.wake('a', 2, 500);
    expect(told(await gather(far.wakes(new Set([2]))))).toEqual([['a', 500, position]]);
    await far.unwake('a', 2, position);
    expect(await gather(near.wakes(new Set([2])))).toEqual([]);
  });

  it('keeps a wake that is newer than the one that is done with', async () => {
    const [near, far] = await pair();
    const old = await near.wake('a', 2, 0);
    const newer = await far.wake('a', 2, 0);
    await near.unwake('a', 2, old);
    expect(told(await gather(near.wakes(new Set([2]))))).toEqual([['a', 0, newer]]);
    await near.unwake('a', 2, newer);
    const newest = await near.wake('a', 2, 7);
    expect(new Set([old, newer, newest]).size).toBe(3);
    await Promise.all([near.unwake('a', 2, old), far.unwake('a', 2, newer), far.unwake('a', 2, 0)]);
    expect(told(await gather(far.wakes(new Set([2]))))).toEqual([['a', 7, newest]]);
  });

  it('no wake is lost when many are taken back at the same time', async () => {
    const both = await pair();
    for (let round = 0; round < 30; round++) {
      const old = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => both[i % 2]!.wake(`w/${i}`, i % SHARDS, 0)),
      );
      const renewed = await Promise.all(
        old.map(async (position, i) => {
          const removing = both[(i + round) % 2]!.unwake(`w/${i}`, i % SHARDS, position);
          const adding = both[i % 2]!.wake(`w/${i}`, i % SHARDS, round);
          await removing;
          return adding;
        }),
      );
      const found = await gather(both[0].wakes(new Set(Array.from({ length: SHARDS }, (_, i) => i))));
      expect(told(found)).toEqual(
        told(renewed.map((position, i) => ({ id: `w/${i}`, at: round, position }))),
      );
    }
  });

  it('gives the wakes of the shards that are asked for, among 4,000', async () => {
    const journal = await open();
    const at = (i: number): number => (i % 3 === 0 ? 0 : 1_700_000_000_000 + i);
    const positions = await Promise.all(
      Array.from({ length: 4_000 }, async (_, i) => journal.wake(`kind/${i}`, i % SHARDS, at(i))),
    );
    const want = (shards: readonly number[]): [string, number, Position][] =>
      told(
        positions
          .map((position, i) => ({ id: `kind/${i}`, at: at(i), position }))
          .filter((_, i) => shards.includes(i % SHARDS)),
      );
    for (const shards of [[0], [1, 2, 15], [], Array.from({ length: SHARDS }, (_, i) => i)]) {
      expect(told(await gather(journal.wakes(new Set(shards))))).toEqual(want(shards));
    }
  });

  it('wakes actors whatever their ids are', async () => {
    const journal = await open();
    const positions = await Promise.all(awkward.map(async (id) => journal.wake(id, 1, 9)));
    const want = told(awkward.map((id, i) => ({ id, at: 9, position: positions[i]! })));
    expect(told(await gather(journal.wakes(new Set([1]))))).toEqual(want);
    await Promise.all(awkward.map(async (id, i) => journal.unwake(id, 1, positions[i]!)));
    expect(await gather(journal.wakes(new Set([1])))).toEqual([]);
  });
}
