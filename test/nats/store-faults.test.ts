import { describe, expect, it } from 'vitest';
import { jetstream } from '../../src/durable/jetstream/store.ts';
import { encodeRecord } from '../../src/durable/record.ts';
import { codeOf } from '../support/code-of.ts';
import { natsServer } from '../support/server.ts';
import { proxyTo } from './support/proxy.ts';
import { appendLoad, goesOn, storedBy, storedOf, storeOptions } from './support/store-load.ts';

describe('appends while things break', () => {
  it('J2 J3: the server is killed and started again, five times: every append ends, as what is stored says', async () => {
    await using server = await natsServer();
    const journal = await jetstream({ servers: server.url }).open(storeOptions());
    const load = appendLoad(journal, 64);
    for (let round = 0; round < 5; round++) {
      await goesOn(load, 2_000);
      await server.kill();
      await server.restart();
    }
    await goesOn(load, 2_000);
    for (const { id, acknowledged, errors } of await load.halt()) {
      expect(errors, id).toEqual([]);
      expect(await storedOf(journal, id), id).toEqual(acknowledged);
    }
    await journal.close();
  });

  it('J3: the connection goes silent in the middle of appends, is cut, and comes back', async () => {
    await using server = await natsServer();
    await using proxy = await proxyTo(server.port);
    const options = storeOptions();
    const journal = await jetstream({ servers: proxy.url }).open(options);
    const direct = await jetstream({ servers: server.url }).open(options);
    const load = appendLoad(journal, 64);
    const hidden: number[] = [];
    // A silence may fall between two ticks, when nothing is on its way: then another is tried.
    for (let round = 0; round < 5 || (round < 50 && Math.max(...hidden) === 0); round++) {
      await goesOn(load, 1_000);
      proxy.blackhole();
      // Time passes on the other connection: what was on its way here has arrived.
      for (let i = 0; i < 20; i++) await direct.append(`other/${round}.${i}`, encodeRecord(i, false), 0);
      const before = load.count;
      hidden.push((await storedBy(direct, 64)) - before);
      expect(load.count).toBe(before);
      proxy.heal();
    }
    // Of those appends, some were stored and their acknowledgement swallowed.
    expect(Math.max(...hidden)).toBeGreaterThan(0);
    expect(Math.min(...hidden)).toBeGreaterThanOrEqual(0);
    await goesOn(load, 1_000);
    for (const { id, acknowledged, errors } of await load.halt()) {
      expect(errors, id).toEqual([]);
      expect(await storedOf(direct, id), id).toEqual(acknowledged);
    }
    await Promise.all([journal.close(), direct.close()]);
  });

  it('J3: what cannot be found out in time is STORE_UNAVAILABLE, whatever is stored; loading tells', async () => {
    await using server = await natsServer();
    await using proxy = await proxyTo(server.port);
    const options = storeOptions({ timeout: 1_000 });
    const journal = await jetstream({ servers: proxy.url }).open(options);
    const first = await journal.append('a', encodeRecord(1, false), 0);
    proxy.blackhole();
    const began = Date.now();
    await expect(journal.append('a', encodeRecord(2, false), first)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('"a"') as string,
    });
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(await codeOf(journal.load('a'))).toBe('STORE_UNAVAILABLE');
    expect(await codeOf(journal.wake('a', 0, 0))).toBe('STORE_UNAVAILABLE');
    proxy.heal();
    await expect.poll(async () => codeOf(journal.load('a')), { timeout: 10_000 }).toBe('fine');
    const [entry] = await journal.load('a');
    expect(entry!.position).toBe(first);
    expect(await journal.append('a', encodeRecord(3, false), first)).toBeGreaterThan(first);
    await journal.close();
  });

  it('J3: the server is stopped (SIGSTOP) and continued: nothing is stored twice, nothing is lost', async () => {
    await using server = await natsServer();
    const journal = await jetstream({ servers: server.url }).open(storeOptions());
    const load = appendLoad(journal, 64);
    await goesOn(load, 1_000);
    process.kill(server.pid, 'SIGSTOP');
    // Time that passes is what is tested. It is longer than the patience of one attempt and than the client's own, which redials a server that
    // does not answer.
    await new Promise((resolve) => setTimeout(resolve, 7_000));
    process.kill(server.pid, 'SIGCONT');
    await goesOn(load, 1_000);
    for (const { id, acknowledged, errors } of await load.halt()) {
      expect(errors, id).toEqual([]);
      expect(await storedOf(journal, id), id).toEqual(acknowledged);
    }
    await journal.close();
  });

  it('J1: two connections race for the same actors, 4,000 positions: each is won once', async () => {
    await using server = await natsServer();
    const options = storeOptions();
    const open = async () => jetstream({ servers: server.url }).open(options);
    const journals = [await open(), await open()];
    let wins = [0, 0];
    const race = async (id: string): Promise<void> => {
      const won: [number, number][] = [];
      let last = 0;
      for (let round = 0; round < 200; round++) {
        const attempts = journals.map(async (journal, n) =>
          journal.append(id, encodeRecord({ n, round }, false), last),
        );
        const ends = await Promise.allSettled(attempts);
        const winners = ends.flatMap((end, n) => (end.status === 'fulfilled' ? [{ n, at: end.value }] : []));
        const codes = ends.flatMap((end) =>
          end.status === 'rejected' ? [(end.reason as { code: string }).code] : [],
        );
        expect([winners.length, codes]).toEqual([1, ['FENCED']]);
        last = winners[0]!.at;
        won.push([last, winners[0]!.n]);
      }
      expect(await storedOf(journals[0]!, id)).toEqual(won);
      wins = wins.map((count, n) => count + won.filter(([, winner]) => winner === n).length);
    };
    await Promise.all(Array.from({ length: 20 }, async (_, i) => race(`raced/${i}`)));
    expect(wins[0]! + wins[1]!).toBe(4_000);
    expect(Math.min(...wins)).toBeGreaterThan(0);
    await Promise.all(journals.map(async (journal) => journal.close()));
  });

  it('reading goes on where it was when the server is killed meanwhile', async () => {
    await using server = await natsServer();
    const journal = await jetstream({ servers: server.url }).open(storeOptions());
    const ids = Array.from({ length: 6_000 }, (_, i) => `w/${i}`);
    await Promise.all(ids.map(async (id, i) => journal.wake(id, i % 16, i)));
    const found: string[] = [];
    for await (const { id } of journal.wakes(new Set(Array.from({ length: 16 }, (_, i) => i)))) {
      found.push(id);
      if (found.length === 1_000) {
        await server.kill();
        await server.restart();
      }
    }
    expect(found.sort()).toEqual(ids.sort());
    await journal.close();
  });
});
