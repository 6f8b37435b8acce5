import { expect, it } from 'vitest';
import type { Entry } from '../../../src/durable/store.ts';
import { codeOf } from '../../support/code-of.ts';
import { gather, snapshot, delta, shown, write, onFirst, awkward, type Open, type Pair } from './support.ts';

export function reading(open: Open, pair: Pair): void {
  it('J4 loads the last snapshot and all after it', async () => {
    const [near, far] = await pair();
    const all: Entry[] = [];
    for (let i = 0; i < 4; i++) {
      const first = await write(near, 'a', [snapshot(i)], all.at(-1)?.position ?? 0);
      expect(shown(await far.load('a'))).toEqual(shown(first));
      const base = first[0]!.position;
      const rest = await write(near, 'a', [delta(1, base), delta(2, base), delta(3, base)], base);
      expect(shown(await far.load('a'))).toEqual(shown([...first, ...rest]));
      all.push(...first, ...rest);
    }
    expect(shown(await gather(far.history('a')))).toEqual(shown(all));
  });

  it('J4 never gives half a chain, whatever is appended meanwhile', async () => {
    const [near, far] = await pair();
    const writer = { isDone: false };
    const writing = (async () => {
      let last = 0;
      for (let round = 0; round < 30; round++) {
        const [first] = await write(near, 'a', [snapshot({ round, i: 0 })], last);
        const base = first!.position;
        const deltas = Array.from({ length: 5 }, (_, i) => delta({ round, i: i + 1 }, base));
        last = (await write(near, 'a', deltas, base)).at(-1)!.position;
      }
      writer.isDone = true;
    })();
    let loads = 0;
    while (!writer.isDone) {
      const [first, ...rest] = await far.load('a');
      await new Promise<void>((resolve) => void setImmediate(resolve));
      if (first === undefined) continue;
      loads++;
      const [kind, ...kinds] = [first, ...rest].map(({ record }) => record[1]);
      expect([kind, new Set(kinds).has(0), rest.length <= 5]).toEqual([0, false, true]);
      const bases = rest.map(({ record }) => new DataView(record.slice().buffer).getFloat64(8));
      expect(bases).toEqual(rest.map(() => first.position));
      const positions = [first, ...rest].map(({ position }) => position);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    }
    await writing;
    expect(loads).toBeGreaterThan(0);
    expect(await far.load('a')).toHaveLength(6);
  });

  it('J4 a chain whose snapshot is not there is CORRUPTED, not half a state', async () => {
    const journal = await open();
    const [first] = await write(journal, 'other', [snapshot(1)]);
    await write(journal, 'a', [delta('lost', first!.position)]);
    expect(await codeOf(journal.load('a'))).toBe('CORRUPTED');
    expect(await gather(journal.history('a'))).toHaveLength(1);
    expect(await journal.load('other')).toHaveLength(1);
  });

  it('has nothing of an actor nobody wrote', async () => {
    const journal = await open();
    expect(await journal.load('nobody')).toEqual([]);
    expect(await gather(journal.history('nobody'))).toEqual([]);
    expect(await gather(journal.ids())).toEqual([]);
    expect(await gather(journal.wakes(new Set([0, 1])))).toEqual([]);
    await journal.purge('nobody');
    await journal.unwake('nobody', 0, 1);
  });

  it('keeps actors apart, whatever their ids are', async () => {
    const journal = await open();
    const ends = await Promise.all(
      awkward.map(async (id) => write(journal, id, [snapshot(id), onFirst(id)])),
    );
    for (const [i, id] of awkward.entries()) {
      expect(shown(await journal.load(id)), id).toEqual(shown(ends[i]!));
      expect(shown(await gather(journal.history(id))), id).toEqual(shown(ends[i]!));
    }
    expect((await gather(journal.ids())).sort()).toEqual([...awkward].sort());
    for (const id of awkward) {
      await journal.purge(id);
      expect(await journal.load(id), id).toEqual([]);
    }
    expect(await gather(journal.ids())).toEqual([]);
  });

  it('names all of 3,000 actors', async () => {
    const journal = await open();
    const ids = Array.from({ length: 3_000 }, (_, i) => `many/${i}`);
    await Promise.all(ids.map(async (id) => journal.append(id, snapshot(id), 0)));
    expect((await gather(journal.ids())).sort()).toEqual(ids.sort());
  });

  it('gives bytes that are no record as they are', async () => {
    const journal = await open();
    const noise = [new Uint8Array([0]), new Uint8Array(100).fill(255), Uint8Array.from([1, 1, 0, 0])];
    for (const [i, record] of noise.entries()) {
      const [entry] = await write(journal, `noise/${i}`, [record]);
      expect(shown(await journal.load(`noise/${i}`))).toEqual(shown([entry!]));
    }
  });
}
