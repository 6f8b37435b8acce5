import { expect, it } from 'vitest';
import { codeOf } from '../../support/code-of.ts';
import {
  SHARDS,
  freshSystem,
  options,
  gather,
  snapshot,
  shown,
  told,
  write,
  onFirst,
  type Open,
  type Pair,
} from './support.ts';

export function lasting(open: Open, pair: Pair, crash: () => Promise<void>): void {
  it('J2 what was acknowledged is there after a crash', async () => {
    const given = options();
    const journal = await open(given);
    const ends = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => write(journal, `a/${i}`, [snapshot(i), onFirst(i)])),
    );
    const position = await journal.wake('a/7', 7, 70);
    await crash();
    const again = await open(given);
    for (const [i, entries] of ends.entries()) {
      expect(shown(await again.load(`a/${i}`))).toEqual(shown(entries));
    }
    expect(told(await gather(again.wakes(new Set([7]))))).toEqual([['a/7', 70, position]]);
    const last = ends[7]!.at(-1)!.position;
    expect(await again.append('a/7', snapshot('on'), last)).toBeGreaterThan(last);
  });

  it('keeps systems apart', async () => {
    const [mine, yours] = [await open(), await open()];
    await write(mine, 'a', [snapshot('mine')]);
    await mine.wake('a', 0, 1);
    expect(await yours.load('a')).toEqual([]);
    expect(await gather(yours.ids())).toEqual([]);
    expect(await gather(yours.wakes(new Set([0])))).toEqual([]);
    const theirs = await write(yours, 'a', [snapshot('yours')]);
    await mine.purge('a');
    expect(shown(await yours.load('a'))).toEqual(shown(theirs));
  });

  it('keeps systems apart whose names begin alike or differ in case', async () => {
    const system = freshSystem();
    const names = [system, `${system}_WAKES`, `${system}-a`, system.toUpperCase()];
    const journals = await Promise.all(names.map(async (name) => open(options({ system: name }))));
    for (const [i, journal] of journals.entries()) await write(journal, 'a', [snapshot(names[i])]);
    for (const [i, journal] of journals.entries()) {
      const [entry, ...rest] = await journal.load('a');
      expect([Buffer.from(entry!.record).equals(snapshot(names[i])), rest]).toEqual([true, []]);
      expect(await gather(journal.ids())).toEqual(['a']);
    }
  });

  it('refuses another number of shards and says which it has', async () => {
    const given = options();
    const journal = await open(given);
    const written = await write(journal, 'a', [snapshot(1)]);
    await expect(open({ ...given, shards: SHARDS * 2 })).rejects.toMatchObject({
      code: 'STORE_MISMATCH',
      message: expect.stringMatching(/\b16\b.*\b32\b/) as string,
    });
    expect(shown(await (await open(given)).load('a'))).toEqual(shown(written));
  });

  it('is closed for the one who closes it, once or twice, and for nobody else', async () => {
    const [leaving, staying] = await pair();
    const [entry] = await write(leaving, 'a', [snapshot(1)]);
    await Promise.all([leaving.close(), leaving.close()]);
    await leaving.close();
    const refused = await Promise.all([
      codeOf(leaving.append('a', snapshot(2), entry!.position)),
      codeOf(leaving.load('a')),
      codeOf(gather(leaving.history('a'))),
      codeOf(gather(leaving.ids())),
      codeOf(leaving.purge('a')),
      codeOf(leaving.wake('a', 0, 0)),
      codeOf(leaving.unwake('a', 0, 1)),
      codeOf(gather(leaving.wakes(new Set([0])))),
    ]);
    expect(new Set(refused)).toEqual(new Set(['STORE_UNAVAILABLE']));
    expect(shown(await staying.load('a'))).toEqual(shown([entry!]));
    expect(await staying.append('a', snapshot(2), entry!.position)).toBeGreaterThan(entry!.position);
  });

  it('what was asked for before the end is done before it', async () => {
    const [leaving, staying] = await pair();
    const appending = Array.from({ length: 100 }, async (_, i) => leaving.append(`a/${i}`, snapshot(i), 0));
    await leaving.close();
    const codes = new Set(await Promise.all(appending.map(codeOf)));
    expect(codes).toEqual(new Set(['fine']));
    expect(await gather(staying.ids())).toHaveLength(100);
  });
}
