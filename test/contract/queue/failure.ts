import { describe, expect, it } from 'vitest';
import type { QueueOptions } from '../../../src/coordination/queue/options.ts';
import { Queue } from '../../../src/coordination/queue/queue.ts';
import { TroupeError } from '../../../src/errors.ts';
import { codeOf } from '../../support/code-of.ts';
import { hostOf, job, lettersOf, mortal, sceneIn, type Job, type QueueWorld } from './scene.ts';

/** What queues promise of messages that cannot be handled, wherever they are kept. */
export function failureContract(name: string, make: () => Promise<QueueWorld>): void {
  describe(`queue contract, failure: ${name}`, () => {
    it('tries again with a rising wait, the failing key alone being held', async () => {
      await using at = await sceneIn(make);
      let failures = 0;
      const { host, delivered } = hostOf(at.queues, ({ n }) => {
        if (n === 1 && failures < 3) throw new TroupeError('ACTOR_FAILED', `failure ${++failures}`);
      });
      const queue = await at.open(host);
      await queue.send(job(1), { key: 'a' });
      await queue.send(job(2), { key: 'a' });
      await queue.send(job(3), { key: 'b' });
      await queue.consume('worker');
      const got = await delivered.atLeast(6);
      expect(got.filter(({ event }) => event.n !== 3).map(({ event }) => event.n)).toEqual([1, 1, 1, 1, 2]);
      const tries = got.filter(({ event }) => event.n === 1).map(({ at: time }) => time);
      // Timers may fire a millisecond early by another clock.
      expect(tries[1]! - tries[0]!).toBeGreaterThanOrEqual(19);
      expect(tries[2]! - tries[1]!).toBeGreaterThanOrEqual(39);
      expect(tries[3]! - tries[2]!).toBeGreaterThanOrEqual(79);
      expect(got.findIndex(({ event }) => event.n === 3)).toBeLessThan(3);
      expect(await lettersOf(queue.deadLetters)).toEqual([]);
      await queue.close();
    });

    it('makes a poison message a dead letter with all that is known, and goes on with its key', async () => {
      await using at = await sceneIn(make);
      const poisoned = new TroupeError('NO_STOCK', 'none left', { data: { item: 'tea' } });
      const { host, delivered } = hostOf(
        at.queues,
        ({ n }) => {
          if (n === 1) throw poisoned;
        },
        { paying: 'card' },
      );
      const queue = await at.open(host, { maxAttempts: 3 });
      const before = Date.now();
      await queue.send(job(1), { key: 'a', id: 'order-1' });
      await queue.send(job(2), { key: 'a' });
      await queue.consume(({ key }) => `worker/${key}`);
      await delivered.first(({ event }) => event.n === 2);
      expect(delivered.items.map(({ event }) => event.n)).toEqual([1, 1, 1, 2]);
      const [letter, ...rest] = await lettersOf(queue.deadLetters);
      expect(rest).toEqual([]);
      expect(letter).toMatchObject({
        queue: 'jobs',
        key: 'a',
        messageId: 'order-1',
        event: job(1),
        error: { name: 'TroupeError', code: 'NO_STOCK', message: 'none left', data: { item: 'tea' } },
        attempts: 3,
        actor: 'worker/a',
        state: { paying: 'card' },
        node: host.node,
      });
      if (letter === undefined || 'unreadable' in letter) throw new Error('unreadable');
      expect(letter.error.stack).toContain('failure.ts');
      expect(letter.sent).toBeGreaterThanOrEqual(before - 5);
      expect(letter.firstTried).toBeGreaterThanOrEqual(letter.sent - 5);
      expect(letter.died).toBeGreaterThan(letter.firstTried);
      await queue.close();
    });

    it('does not try what can never succeed again', async () => {
      await using at = await sceneIn(make);
      const { host, delivered } = hostOf(at.queues, () => undefined);
      const queue = await at.open(host);
      await queue.send(job(1));
      await queue.consume(() => 'not an address');
      await expect.poll(() => queue.size()).toBe(0);
      const [letter] = await lettersOf(queue.deadLetters);
      expect(letter).toMatchObject({ attempts: 1, event: job(1), error: { code: 'INVALID_ADDRESS' } });
      expect(delivered.items).toEqual([]);
      await queue.close();
    });

    it('puts a dead letter back once, also when asked twice at a time, and drops one', async () => {
      await using at = await sceneIn(make);
      let broken = true;
      const { host, delivered } = hostOf(at.queues, () => {
        if (broken) throw new Error('broken');
      });
      const queue = await at.open(host, { maxAttempts: 1 });
      await queue.send(job(1), { key: 'a', id: 'one' });
      await queue.send(job(2));
      await queue.consume('worker');
      await expect.poll(async () => (await lettersOf(queue.deadLetters)).length).toBe(2);
      await expect.poll(() => queue.size()).toBe(0);
      broken = false;
      const letters = await lettersOf(queue.deadLetters);
      const [first, second] = [1, 2].map(
        (n) => letters.find((each) => 'event' in each && (each.event as Job).n === n)!.id,
      );
      const results = await Promise.all([
        codeOf(queue.deadLetters.replay(first!)),
        codeOf(queue.deadLetters.replay(first!)),
      ]);
      expect(results).toContain('fine');
      await delivered.atLeast(3);
      await queue.deadLetters.drop(second!);
      expect(await lettersOf(queue.deadLetters)).toEqual([]);
      await expect.poll(() => queue.size()).toBe(0);
      expect(delivered.items.map(({ event }) => event.n).sort()).toEqual([1, 1, 2]);
      expect(await codeOf(queue.deadLetters.replay(first!))).toBe('NO_SUCH_LETTER');
      expect(await codeOf(queue.deadLetters.drop(second!))).toBe('NO_SUCH_LETTER');
      expect(await codeOf(queue.deadLetters.get(99_999))).toBe('NO_SUCH_LETTER');
      await queue.close();
    });

    it('hands the messages of a consumer that crashed to another, and counts its attempts', async () => {
      await using at = await sceneIn(make);
      const crash = hostOf(at.queues, async () => new Promise(() => undefined));
      const other = await at.world.open(at.system);
      const heir = hostOf(other, () => undefined);
      const dying = mortal(at.queues);
      const doomed = await at.open({ ...crash.host, queues: dying.queues });
      const queue = await at.open(heir.host, { maxAttempts: 2 });
      await queue.send(job(1), { key: 'a' });
      await queue.send(job(2), { key: 'a' });
      await doomed.consume('worker');
      await crash.delivered.atLeast(1);
      dying.cut();
      await queue.consume('worker');
      const got = await heir.delivered.atLeast(2);
      expect(got.map(({ event }) => event.n)).toEqual([1, 2]);
      expect(got[0]!.once).toBe(crash.delivered.items[0]!.once);
      await expect.poll(() => queue.size()).toBe(0);
      await queue.close();
      await other.close();
    });

    it('gives up a message whose consumers crashed as often as it may be tried', async () => {
      await using at = await sceneIn(make);
      const crash = hostOf(at.queues, async () => new Promise(() => undefined));
      const dying = mortal(at.queues);
      const doomed = await at.open({ ...crash.host, queues: dying.queues }, { maxAttempts: 1 });
      await doomed.send(job(1), { key: 'a' });
      await doomed.consume('worker');
      await crash.delivered.atLeast(1);
      dying.cut();
      const heir = hostOf(at.queues, () => undefined);
      const queue = await at.open(heir.host, { maxAttempts: 1 });
      await queue.consume('worker');
      await expect.poll(async () => (await lettersOf(queue.deadLetters)).length, { timeout: 5_000 }).toBe(1);
      const [letter] = await lettersOf(queue.deadLetters);
      expect(letter).toMatchObject({ attempts: 1, error: { code: 'NODE_DOWN' }, event: job(1) });
      expect(heir.delivered.items).toEqual([]);
      await expect.poll(() => queue.size()).toBe(0);
      await queue.close();
    });

    it('refuses wrong options, values and sizes with a typed error', async () => {
      await using at = await sceneIn(make);
      const { host } = hostOf(at.queues, () => undefined);
      const queue = await at.open(host);
      const wrong: [Promise<unknown>, string][] = [
        [at.open(host, { maxAttempts: 0 }), 'INVALID_OPTION'],
        [at.open(host, { retries: 3 } as QueueOptions), 'INVALID_OPTION'],
        [at.open(host, { backoff: { jitter: 2 } }), 'INVALID_OPTION'],
        [at.open(host, { partitions: 5 }), 'STORE_MISMATCH'],
        [Queue.open(host, 'no.dots'), 'INVALID_OPTION'],
        [queue.send(job(1), { key: '' }), 'INVALID_OPTION'],
        [queue.send(job(1), { key: 'x'.repeat(257) }), 'INVALID_OPTION'],
        [queue.send(job(1), { id: 7 as unknown as string }), 'INVALID_OPTION'],
        [queue.send(job(1), { delay: -1 }), 'INVALID_OPTION'],
        [queue.send(job(1), { delay: NaN }), 'INVALID_OPTION'],
        [queue.send({ type: '' } as unknown as Job), 'INVALID_EVENT'],
        [queue.send({ ...job(1), extra: 'x'.repeat(1_100_000) }), 'PAYLOAD_TOO_LARGE'],
        [queue.consume('no address'), 'INVALID_ADDRESS'],
        [queue.consume('worker', { concurrency: 0.5 }), 'INVALID_OPTION'],
      ];
      expect(await Promise.all(wrong.map(async ([attempt]) => codeOf(attempt)))).toEqual(
        wrong.map(([, code]) => code),
      );
      expect(await queue.size()).toBe(0);
      await queue.close();
      expect(await codeOf(queue.send(job(1)))).toBe('SYSTEM_STOPPED');
    });
  });
}
