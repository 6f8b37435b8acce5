import { describe, expect, it } from 'vitest';
import type { Addition, QueueStore, Waiting } from '../../../src/durable/queue-store.ts';
import { codeOf } from '../../support/code-of.ts';
import { hostOf, sceneIn, type QueueWorld } from './scene.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (data: Uint8Array | undefined): string | undefined => data && Buffer.from(data).toString();
const message = (partition: number, body: string, more: Partial<Addition> = {}): Addition => ({
  partition,
  body: bytes(body),
  ...more,
});

/** The first messages of a partition, as a reader that begins now gets them. */
async function read(store: QueueStore, partition: number, count: number): Promise<readonly Waiting[]> {
  const reading = new AbortController();
  const found: Waiting[] = [];
  for await (const waiting of store.read(partition, reading.signal)) {
    if (found.push(waiting) === count) reading.abort();
  }
  return found;
}

/** What every store of queues promises (src/durable/queue-store.ts). */
export function queueStoreContract(name: string, make: () => Promise<QueueWorld>): void {
  describe(`queue store contract: ${name}`, () => {
    const scene = async () => {
      const at = await sceneIn(make);
      return { ...at, store: await at.queues.open('jobs', 4) };
    };

    it('Q1 Q2 gives the messages of a partition in order, with all that was stored, those that come later too', async () => {
      await using at = await scene();
      const { store } = at;
      const before = Date.now();
      for (let n = 0; n < 600; n++)
        await store.add(message(n % 2, `${n}`, { key: `k ${n}`, id: `i.${n}`, due: n + 1 }));
      const reading = read(store, 1, 301);
      const last = await store.add(message(1, 'last'));
      const found = await reading;
      expect(found.map(({ key }) => key)).toEqual([
        ...Array.from({ length: 300 }, (_, n) => `k ${2 * n + 1}`),
        undefined,
      ]);
      expect(found[0]).toMatchObject({ id: 'i.1', due: 2 });
      expect(found[0]!.at).toBeGreaterThanOrEqual(before - 5);
      expect(found.at(-1)).toMatchObject({ seq: last.seq, id: undefined, due: undefined });
      expect(text(await store.body(last.seq))).toBe('last');
      expect(await store.count()).toBe(601);
    });

    it('Q1 forgets a message that was removed, and minds no other one', async () => {
      await using at = await scene();
      const { store } = at;
      const [one, two] = [await store.add(message(0, 'one')), await store.add(message(0, 'two'))];
      for (const seq of [one.seq, one.seq, 9_999]) await store.remove(seq);
      expect([await store.body(one.seq), text(await store.body(two.seq)), await store.count()]).toEqual([
        undefined,
        'two',
        1,
      ]);
      expect((await read(store, 0, 1)).map(({ seq }) => seq)).toEqual([two.seq]);
    });

    it('Q3 lets one of many who replace a document win', async () => {
      await using at = await scene();
      const other = (await at.queues.find('jobs'))!;
      expect(await at.store.load('p0')).toBe(undefined);
      let position = 0;
      for (let round = 0; round < 20; round++) {
        const expected = position;
        const racers = Array.from({ length: 6 }, (_, i) =>
          (i % 2 === 0 ? at.store : other).save('p0', bytes(`${round} ${i}`), expected),
        );
        const results = await Promise.allSettled(racers);
        const won = results.findIndex(({ status }) => status === 'fulfilled');
        expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        const stored = (await other.load('p0'))!;
        expect(text(stored.bytes)).toBe(`${round} ${won}`);
        ({ position } = stored);
      }
      expect(await codeOf(at.store.save('p0', bytes('x'), 0))).toBe('FENCED');
      expect(await codeOf(at.store.save('p1', bytes('x'), position))).toBe('FENCED');
    });

    it('Q4 finds the ids that are done with, until their bucket is forgotten', async () => {
      await using at = await scene();
      const { store } = at;
      await store.settle(7, 'a.b *>', 11);
      await store.settle(6, 'c', 12);
      expect([
        await store.settled([7, 6], 'a.b *>'),
        await store.settled([7, 6], 'c'),
        await store.settled([7], 'c'),
      ]).toEqual([11, 12, undefined]);
      await store.forget(6);
      await store.forget(5);
      expect([await store.settled([7, 6], 'a.b *>'), await store.settled([7, 6], 'c')]).toEqual([
        11,
        undefined,
      ]);
    });

    it('keeps a dead letter once, by its token, and apart from those of other queues', async () => {
      await using at = await scene();
      const { dead } = at.queues;
      const all = async (queue?: string) => {
        const found = [];
        for await (const letter of dead.list(queue)) found.push([letter.queue, text(letter.bytes)]);
        return found;
      };
      expect([await all(), await dead.get(1), await dead.remove(1)]).toEqual([[], undefined, false]);
      for (const token of ['a.1', 'a.1', 'a.2']) await dead.add('jobs', token, bytes(token));
      await dead.add('mails', 'a.1', bytes('other'));
      expect(await all('jobs')).toEqual([
        ['jobs', 'a.1'],
        ['jobs', 'a.2'],
      ]);
      expect(await all()).toHaveLength(3);
      expect([await dead.remove(1), await dead.remove(1), await all('jobs')]).toEqual([
        true,
        false,
        [['jobs', 'a.2']],
      ]);
    });

    it('keeps systems and queues apart', async () => {
      await using at = await scene();
      const elsewhere = await at.world.open(`${at.system}-2`);
      await at.store.add(message(0, 'x'));
      const [sibling, stranger] = [await at.queues.open('other', 2), await elsewhere.open('jobs', 2)];
      expect([await sibling.count(), await stranger.count(), await at.store.count()]).toEqual([0, 0, 1]);
      expect([sibling.partitions, stranger.partitions, (await at.queues.find('jobs'))?.partitions]).toEqual([
        2, 2, 4,
      ]);
      expect(await elsewhere.find('nothing')).toBe(undefined);
      await elsewhere.close();
    });

    it('makes a queue once, however many open it at one time', async () => {
      await using at = await sceneIn(make);
      const { host } = hostOf(at.queues, () => undefined);
      const queues = await Promise.all(Array.from({ length: 5 }, async () => at.open(host)));
      await Promise.all(queues.map(async (queue, n) => queue.send({ type: 'JOB', n })));
      expect(await queues[0]!.size()).toBe(5);
    });
  });
}
