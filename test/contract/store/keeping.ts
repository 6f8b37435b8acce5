import { expect, it } from 'vitest';
import { HISTORY, gather, snapshot, delta, shown, write, type Open } from './support.ts';

export function keeping(open: Open): void {
  it('keeps the last records of an actor, in order, and drops old ones', async () => {
    const journal = await open();
    const all = await write(
      journal,
      'a',
      Array.from({ length: HISTORY * 10 }, (_, i) => snapshot(i)),
    );
    const found = shown(await gather(journal.history('a')));
    expect(found).toEqual(shown(all.slice(-found.length)));
    expect(found.length).toBeGreaterThanOrEqual(HISTORY);
    expect(found.length).toBeLessThanOrEqual(HISTORY * 2);
    expect(shown(await journal.load('a'))).toEqual(shown(all.slice(-1)));
  });

  it('J4 never drops the last snapshot, nor what builds on it', async () => {
    const journal = await open();
    let last = 0;
    for (let chain = 0; chain < 12; chain++) {
      const [first] = await write(journal, 'a', [snapshot(chain)], last);
      const base = first!.position;
      const deltas = Array.from({ length: HISTORY / 2 - 1 }, (_, i) => delta(i, base));
      const rest = await write(journal, 'a', deltas, base);
      last = rest.at(-1)!.position;
      expect(shown(await journal.load('a'))).toEqual(shown([first!, ...rest]));
    }
    const kept = await gather(journal.history('a'));
    expect(kept.length).toBeGreaterThanOrEqual(HISTORY);
    expect(kept.length).toBeLessThanOrEqual(HISTORY * 3);
  });

  it('forgets a purged actor whole, and lets it begin again', async () => {
    const journal = await open();
    const [first] = await write(journal, 'a', [snapshot(1), snapshot(2)]);
    await write(journal, 'a/b', [snapshot(3)]);
    await journal.wake('a', 3, 5);
    await journal.wake('a/b', 3, 6);
    await journal.purge('a');
    expect([await journal.load('a'), await gather(journal.history('a'))]).toEqual([[], []]);
    expect(await gather(journal.ids())).toEqual(['a/b']);
    expect((await gather(journal.wakes(new Set([3])))).map(({ id }) => id)).toEqual(['a/b']);
    const again = await write(journal, 'a', [snapshot('again')]);
    expect(again[0]!.position).toBeGreaterThan(first!.position);
    expect(shown(await gather(journal.history('a')))).toEqual(shown(again));
  });
}
