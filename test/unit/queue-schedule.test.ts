import { describe, expect, it } from 'vitest';
import { backoffAfter, type QueueOptions } from '../../src/coordination/queue/options.ts';
import { Queue } from '../../src/coordination/queue/queue.ts';
import type { QueueHost } from '../../src/coordination/queue/work.ts';
import { MemoryQueueData } from '../../src/durable/memory/queue.ts';
import { TroupeError } from '../../src/errors.ts';
import { silentLogger } from '../../src/ports.ts';
import { virtualClock } from '../support/virtual-clock.ts';

type Job = { readonly type: 'JOB'; readonly n: number };

/** A queue in memory whose actor always fails, under a clock that goes as the test says. */
async function scene(options: QueueOptions, random = 0.5) {
  const clock = virtualClock(0);
  const tried: (readonly [at: number, n: number])[] = [];
  const host: QueueHost = {
    node: 'node',
    clock,
    random: () => random,
    log: silentLogger,
    queues: new MemoryQueueData().open('system', clock),
    check: () => false,
    async deliver(_to, event) {
      tried.push([clock.now(), (event as Job).n]);
      return Promise.reject(new TroupeError('ACTOR_FAILED', 'no'));
    },
    stateOf: async () => Promise.reject(new Error('no such actor')),
  };
  const queue = await Queue.open<Job>(host, 'jobs', options);
  const pass = async (ms: number, step = 50): Promise<void> => {
    const settle = async (): Promise<void> => {
      for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => void setImmediate(resolve));
    };
    await settle();
    for (let passed = 0; passed < ms; passed += step) {
      clock.advance(step);
      await settle();
    }
  };
  return { queue, tried, pass };
}

describe('the schedule of a queue', () => {
  it('waits as long as its backoff says between attempts, then gives up', async () => {
    const { queue, tried, pass } = await scene({
      backoff: { initial: 1_000, factor: 2, max: 3_000, jitter: 0 },
    });
    await queue.consume('worker');
    await queue.send({ type: 'JOB', n: 1 });
    await pass(20_000);
    expect(tried.map(([at]) => at)).toEqual([0, 1_000, 3_000, 6_000, 9_000]);
    expect(await queue.size()).toBe(0);
    const letters = [];
    for await (const letter of queue.deadLetters.list()) letters.push(letter);
    expect(letters).toMatchObject([
      { id: 1, attempts: 5, sent: 0, firstTried: 0, died: 9_000, actor: 'worker' },
    ]);
    expect(letters[0]).not.toHaveProperty('state');
  });

  it('tries a delayed message at its time, whatever the order of sending', async () => {
    const { queue, tried, pass } = await scene({ maxAttempts: 1 });
    await queue.consume('worker');
    await queue.send({ type: 'JOB', n: 1 }, { delay: 5_000, key: 'a' });
    await queue.send({ type: 'JOB', n: 2 }, { delay: 250, key: 'a' });
    await queue.send({ type: 'JOB', n: 3 }, { key: 'a' });
    await pass(6_000);
    expect(tried).toEqual([
      [0, 3],
      [250, 2],
      [5_000, 1],
    ]);
  });

  it('spreads waits by the share that is random', () => {
    const backoff = { initial: 1_000, factor: 2, max: 60_000, jitter: 0.2 };
    const waits = [0, 0.5, 0.999_999].map((at) => backoffAfter(3, backoff, () => at));
    expect(waits).toEqual([3_200, 4_000, 4_800]);
    expect(backoffAfter(2_000, backoff, () => 0.5)).toBe(60_000);
    expect(backoffAfter(1, { ...backoff, initial: 0 }, () => 0.9)).toBe(0);
  });
});
