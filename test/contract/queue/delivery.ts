import { describe, expect, it } from 'vitest';
import { encodeBody } from '../../../src/coordination/queue/message.ts';
import { deferred } from '../../support/deferred.ts';
import { hostOf, job, sceneIn, type Job, type QueueWorld } from './scene.ts';

/** What a job takes, ms: so long that another could begin meanwhile. */
const work = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

/** What queues promise of messages that can be handled, wherever they are kept. */
export function deliveryContract(name: string, make: () => Promise<QueueWorld>): void {
  describe(`queue contract, delivery: ${name}`, () => {
    it('delivers what was stored before there was a consumer, and what comes after, and removes it', async () => {
      await using at = await sceneIn(make);
      const { host, delivered } = hostOf(at.queues, () => undefined);
      const queue = await at.open(host);
      await queue.send(job(1));
      await queue.send(job(2));
      expect(await queue.size()).toBe(2);
      const consumer = await queue.consume('worker');
      await delivered.atLeast(2);
      await queue.send(job(3));
      const got = await delivered.atLeast(3);
      expect(got.map(({ event }) => event.n).sort()).toEqual([1, 2, 3]);
      expect(new Set(got.map(({ to }) => to))).toEqual(new Set(['worker']));
      expect(new Set(got.map(({ once }) => once)).size).toBe(3);
      expect(got[0]!.once).toMatch(/^queue\/jobs\/[a-z0-9]+\/\d+$/);
      await consumer.stop();
      expect(await queue.size()).toBe(0);
    });

    it('keeps events whole, whatever plain data they hold', async () => {
      await using at = await sceneIn(make);
      const { host, delivered } = hostOf(at.queues, () => undefined);
      const queue = await at.open(host);
      const extra = {
        when: new Date(5),
        big: 12345678901234567890n,
        set: new Set([1, 'é']),
        bytes: new Uint8Array([0, 255]),
      };
      await queue.send({ ...job(1), extra });
      await queue.consume('worker');
      const [first] = await delivered.atLeast(1);
      expect(first!.event).toEqual({ type: 'JOB', n: 1, extra });
      await queue.close();
    });

    it('handles the messages of a key in order and one at a time, and those of other keys meanwhile', async () => {
      await using at = await sceneIn(make);
      const running = new Map<string, number>();
      let most = 0;
      const { host, delivered } = hostOf(at.queues, async ({ of: key = '' }) => {
        running.set(key, (running.get(key) ?? 0) + 1);
        expect(running.get(key)).toBe(1);
        most = Math.max(
          most,
          [...running.values()].reduce((a, b) => a + b),
        );
        await work();
        running.set(key, running.get(key)! - 1);
      });
      const queue = await at.open(host);
      const keys = ['a', 'b', 'c', 'a key with spaces, ü and .*>'];
      for (let n = 0; n < 20; n++) await Promise.all(keys.map((key) => queue.send(job(n, key), { key })));
      await queue.consume(({ key }) => `worker/${keys.indexOf(key!)}`);
      const got = await delivered.atLeast(80);
      for (const [i, key] of keys.entries()) {
        const mine = got.filter(({ event }) => event.of === key);
        expect(mine.map(({ event }) => event.n)).toEqual(Array.from({ length: 20 }, (_, n) => n));
        expect(new Set(mine.map(({ to }) => to))).toEqual(new Set([`worker/${i}`]));
      }
      expect(most).toBeGreaterThan(1);
      await queue.close();
    });

    it('removes a message only when its actor has committed it', async () => {
      await using at = await sceneIn(make);
      const commit = deferred<undefined>();
      const { host, delivered } = hostOf(at.queues, async () => commit.promise);
      const queue = await at.open(host);
      await queue.send(job(1));
      await queue.consume('worker');
      await delivered.atLeast(1);
      expect(await queue.size()).toBe(1);
      commit.resolve(undefined);
      await expect.poll(() => queue.size()).toBe(0);
      await queue.close();
    });

    it('never has more under way than it may', async () => {
      await using at = await sceneIn(make);
      let running = 0;
      let most = 0;
      const { host, delivered } = hostOf(at.queues, async () => {
        most = Math.max(most, ++running);
        await work();
        running--;
      });
      const queue = await at.open(host);
      await Promise.all(Array.from({ length: 40 }, async (_, n) => queue.send(job(n))));
      await queue.consume('worker', { concurrency: 3 });
      await delivered.atLeast(40);
      expect(most).toBe(3);
      await queue.close();
    });

    it('holds a delayed message until its time, across another consumer, without counting attempts', async () => {
      await using at = await sceneIn(make);
      const { host, delivered } = hostOf(at.queues, () => undefined);
      const queue = await at.open(host);
      const sent = Date.now();
      await queue.send(job(1, 'late'), { key: 'a', delay: 400 });
      await queue.send(job(2, 'soon'), { key: 'a', delay: 150 });
      await queue.send(job(3), { key: 'a' });
      const first = await queue.consume('worker');
      await delivered.atLeast(1);
      await first.stop();
      await queue.consume('worker');
      const got = await delivered.atLeast(3);
      expect(got.map(({ event }) => event.n)).toEqual([3, 2, 1]);
      expect(got[1]!.at - sent).toBeGreaterThanOrEqual(149);
      expect(got[2]!.at - sent).toBeGreaterThanOrEqual(399);
      await queue.close();
    });

    it('stores a message with a known id once, and handles none with an id that is done with', async () => {
      await using at = await sceneIn(make);
      const { host, delivered } = hostOf(at.queues, () => undefined);
      const queue = await at.open(host);
      const first = await queue.send(job(1), { id: 'x' });
      const again = await queue.send(job(1), { id: 'x' });
      expect([first.duplicate, again.duplicate, again.seq]).toEqual([false, true, first.seq]);
      await queue.consume('worker');
      await delivered.atLeast(1);
      await expect.poll(() => queue.size()).toBe(0);
      // As after the store's own two minutes: both were stored, and only what was done with before tells.
      const store = (await at.queues.find('jobs'))!;
      const late = await store.add({
        partition: store.partitions - 1,
        key: 'k',
        id: 'z',
        body: encodeBody(job(7), true),
      });
      const hour = Math.floor(Date.now() / 3_600_000);
      await store.settle(hour, 'late', 0);
      await store.add({ partition: 0, key: 'k', id: 'late', body: encodeBody(job(8), true) });
      expect(late.duplicate).toBe(false);
      await delivered.first(({ event }) => event.n === 7);
      await expect.poll(() => queue.size()).toBe(0);
      expect(await store.settled([hour + 1, hour], 'x')).toBe(first.seq);
      expect(await store.settled([hour - 5], 'x')).toBe(undefined);
      await queue.send(job(2), { id: 'y' });
      await delivered.first(({ event }) => event.n === 2);
      expect(delivered.items.map(({ event }) => event.n)).toEqual([1, 7, 2]);
      await queue.close();
    });

    it('finishes what is under way when a consumer stops, and leaves the rest', async () => {
      await using at = await sceneIn(make);
      const gate = deferred<undefined>();
      const { host, delivered } = hostOf(at.queues, async () => gate.promise);
      const queue = await at.open(host);
      for (let n = 0; n < 5; n++) await queue.send(job(n), { key: 'a' });
      const consumer = await queue.consume('worker');
      await delivered.atLeast(1);
      const stopped = consumer.stop();
      gate.resolve(undefined);
      await stopped;
      expect(delivered.items).toHaveLength(1);
      expect(await queue.size()).toBe(4);
      await queue.close();
    });

    it('shares the work between two consumers, keeping each key in order while partitions move', async () => {
      await using at = await sceneIn(make);
      const done: Job[] = [];
      const running = new Set<string>();
      const handle = async (event: Job): Promise<void> => {
        expect(running.has(event.of!)).toBe(false);
        running.add(event.of!);
        await work();
        running.delete(event.of!);
        done.push(event);
      };
      const other = await at.world.open(at.system);
      const [one, two] = [hostOf(at.queues, handle), hostOf(other, handle)];
      const first = await at.open(one.host);
      const second = await at.open(two.host);
      await first.consume('worker');
      const keys = Array.from({ length: 16 }, (_, i) => `key-${i}`);
      const send = async (from: number, to: number): Promise<void> => {
        for (let n = from; n < to; n++)
          await Promise.all(keys.map((key) => first.send(job(n, key), { key })));
      };
      await send(0, 10);
      const consumer = await second.consume('worker');
      // Both partitions of work exist when the second has had a share.
      const sending = send(10, 40);
      await two.delivered.atLeast(1);
      await sending;
      await consumer.stop();
      await send(40, 50);
      await expect.poll(() => done.length, { timeout: 15_000 }).toBe(800);
      for (const key of keys) {
        expect(done.filter(({ of: mine }) => mine === key).map(({ n }) => n)).toEqual(
          Array.from({ length: 50 }, (_, n) => n),
        );
      }
      await first.close();
      await other.close();
    });
  });
}
