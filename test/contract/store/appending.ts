import { expect, it } from 'vitest';
import type { Position } from '../../../src/durable/store.ts';
import { codeOf } from '../../support/code-of.ts';
import { gather, snapshot, shown, write, onFirst, type Open, type Pair } from './support.ts';

export function appending(open: Open, pair: Pair): void {
  it('J1 appends where the last record is, and nowhere else', async () => {
    const journal = await open();
    const first = await journal.append('a', snapshot(1), 0);
    const second = await journal.append('a', snapshot(2), first);
    expect(first).toBeGreaterThan(0);
    expect(second).toBeGreaterThan(first);
    for (const wrong of [0, first, second + 1, second - 0.5, 2 ** 52]) {
      expect(await codeOf(journal.append('a', snapshot('wrong'), wrong)), String(wrong)).toBe('FENCED');
    }
    expect(await codeOf(journal.append('never', snapshot('wrong'), first))).toBe('FENCED');
    expect(shown(await journal.load('a'))).toEqual(shown([{ position: second, record: snapshot(2) }]));
    expect(await journal.load('never')).toEqual([]);
  });

  it('J1 of 40 racing appends of two nodes, one wins each round, and what it wrote is there', async () => {
    const both = await pair();
    let last = 0;
    for (let round = 0; round < 50; round++) {
      const records = Array.from({ length: 40 }, (_, i) => snapshot({ round, i }));
      const appended = await Promise.allSettled(
        records.map(async (record, i) => both[i % 2]!.append('raced', record, last)),
      );
      const codes = appended.map((each) =>
        each.status === 'rejected' ? (each.reason as { code: string }).code : 'won',
      );
      expect(codes.filter((code) => code === 'won')).toHaveLength(1);
      expect(new Set(codes)).toEqual(new Set(['won', 'FENCED']));
      const winner = codes.indexOf('won');
      last = (appended[winner] as PromiseFulfilledResult<Position>).value;
      const want = shown([{ position: last, record: records[winner]! }]);
      for (const journal of both) expect(shown(await journal.load('raced'))).toEqual(want);
    }
  });

  it('J1 an append that waits for another of the same actor does not overtake it', async () => {
    const journal = await open();
    const position = await journal.append('a', snapshot(0), 0);
    const wins = journal.append('a', snapshot('first'), position);
    const loses = journal.append('a', snapshot('second'), position);
    await expect(loses).rejects.toMatchObject({ code: 'FENCED' });
    expect(shown(await journal.load('a'))).toEqual(
      shown([{ position: await wins, record: snapshot('first') }]),
    );
  });

  it('J1 what was fenced off stays so after a purge: no position comes twice', async () => {
    const [old, other] = await pair();
    const before = await write(old, 'a', [snapshot(1), snapshot(2), snapshot(3)]);
    await other.purge('a');
    expect(await codeOf(old.append('a', snapshot('zombie'), before.at(-1)!.position))).toBe('FENCED');
    const after = await write(other, 'a', [snapshot(4), snapshot(5), snapshot(6), snapshot(7)]);
    const codes = await Promise.all(
      before.map(async ({ position }) => codeOf(old.append('a', snapshot('zombie'), position))),
    );
    expect(codes).toEqual(['FENCED', 'FENCED', 'FENCED']);
    expect(shown(await old.load('a'))).toEqual(shown(after.slice(-1)));
  });

  it('J2 2,000 actors at once, each its own chain', async () => {
    const journal = await open();
    const ids = Array.from({ length: 2_000 }, (_, i) => `crowd/${i}`);
    const ends = await Promise.all(ids.map(async (id) => write(journal, id, [snapshot(id), onFirst(id)])));
    const found = await Promise.all(ids.map(async (id) => journal.load(id)));
    expect(found.map(shown)).toEqual(ends.map(shown));
  });

  it('takes the bytes as they are at the call, and gives bytes of their own', async () => {
    const journal = await open();
    const record = snapshot('mine');
    const want = Buffer.from(record).toString('hex');
    const appending = journal.append('a', record, 0);
    record.fill(0);
    await appending;
    (await journal.load('a'))[0]!.record.fill(0);
    (await gather(journal.history('a')))[0]!.record.fill(0);
    expect(Buffer.from((await journal.load('a'))[0]!.record).toString('hex')).toBe(want);
  });

  it('J5 takes a record up to the limit, refuses a larger one and leaves what is there', async () => {
    const journal = await open();
    const position = await journal.append('a', new Uint8Array(journal.limit).fill(7), 0);
    const more = new Uint8Array(journal.limit + 1);
    await expect(journal.append('a', more, position)).rejects.toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      retryable: false,
      message: expect.stringContaining(`"a" has ${journal.limit + 1} bytes`) as string,
    });
    const [entry, ...rest] = await journal.load('a');
    expect([entry!.position, entry!.record.length, rest]).toEqual([position, journal.limit, []]);
    expect(Buffer.alloc(journal.limit, 7).equals(entry!.record)).toBe(true);
    expect(await journal.append('a', snapshot('fits'), position)).toBeGreaterThan(position);
  });
}
