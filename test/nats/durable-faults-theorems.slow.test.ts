import { describe, expect, it } from 'vitest';
import type { DeadMessage, Message } from 'troupe';
import { natsServer } from '../support/server.ts';
import { insistOn } from './support/insist.ts';
import { storedOf } from './support/durable-load/books.ts';
import { startCrew } from './support/durable-load/crew.ts';
import { limits, startDriver, type Driver } from './support/durable-load/driver.ts';
import {
  isPoison,
  queueOptions,
  replicaOf,
  REPLICAS,
  type Ledger,
  type TakerContext,
} from './support/durable-load/talk.ts';

/** Of "service communication" (4.1.2.5): what its theorems assume is built, and what they claim is looked for while things die. */
const NODES = 2;
const options = { system: 'talk', limits, hosts: 'talk' } as const;

const MESSAGES = 1_500;
const KEYS = Array.from({ length: 12 }, (_, n) => `k${n}`);

const surely = async <T>(attempt: () => Promise<T>): Promise<T> => insistOn(attempt, { pause: 50 });

const takenBy = async ({ journal }: Driver): Promise<readonly number[]> => {
  const takers = KEYS.map(async (key) => storedOf<TakerContext>(journal, `taker/${key}`));
  return (await Promise.all(takers)).flatMap(({ context }) => context.taken);
};

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const ascending = (a: number, b: number): number => a - b;

describe('theorem 4.1.2.1 (reliability)', () => {
  it('persistence, retry and dead letters lose nothing: each message is taken, or a dead letter that says why', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'talk');
    await using crew = await startCrew(NODES, { ...options, servers: server.url });
    const queue = await driver.system.queue('work', queueOptions);
    const send = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n++) {
        const event = { type: 'TAKE', n } as Message;
        await surely(async () => queue.send(event, { key: KEYS[n % KEYS.length]!, id: `message ${n}` }));
      }
    };
    await send(0, MESSAGES / 3);
    const replaced = crew.replace();
    await send(MESSAGES / 3, (2 * MESSAGES) / 3);
    await replaced;
    const rest = send((2 * MESSAGES) / 3, MESSAGES);
    await server.kill();
    await server.restart();
    await Promise.all([rest, crew.replace()]);
    await expect
      .poll(async () => surely(async () => queue.size()), { timeout: 90_000, interval: 200 })
      .toBe(0);
    const letters: DeadMessage[] = [];
    for await (const letter of queue.deadLetters.list()) letters.push(letter as DeadMessage);
    const dead = letters.map(({ event }) => (event as unknown as { n: number }).n);
    const sent = upTo(MESSAGES);
    expect((await takenBy(driver)).toSorted(ascending)).toEqual(sent.filter((n) => !isPoison(n)));
    expect(dead.toSorted(ascending)).toEqual(sent.filter(isPoison));
    // The last attempt may have failed because a node died just then.
    for (const { error, attempts } of letters)
      expect([error.message.length > 0, attempts]).toEqual([true, queueOptions.maxAttempts]);
    expect(letters.some(({ error }) => error.message.includes('cannot take'))).toBe(true);
  });
});

const SOURCES = ['red', 'green', 'blue'];
const WRITES = 300;

const ledgerOf = async ({ journal }: Driver, id: string): Promise<Ledger> => {
  const { context } = await storedOf<Ledger>(journal, id);
  return { value: context.value, log: context.log };
};

describe('theorem 4.1.2.2 (consistency)', () => {
  it('order, idempotency and transactions keep replicas equal, while nodes and server die', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'talk');
    await using crew = await startCrew(NODES, { ...options, servers: server.url });
    const write = async (from: number, to: number): Promise<void> => {
      const writing = SOURCES.map(async (source) => {
        for (let n = from; n < to; n++)
          await driver.insist(`source/${source}`, { type: 'WRITE', n } as Message, `write ${n}`);
      });
      await Promise.all(writing);
    };
    await write(0, WRITES / 3);
    await Promise.all([write(WRITES / 3, (2 * WRITES) / 3), crew.replace()]);
    const rest = write((2 * WRITES) / 3, WRITES);
    await server.kill();
    await server.restart();
    await Promise.all([rest, crew.replace()]);
    for (const source of SOURCES) {
      const original = await ledgerOf(driver, `source/${source}`);
      expect(original.log, source).toEqual(upTo(WRITES));
      for (let number = 0; number < REPLICAS; number++) {
        const copy = async (): Promise<Ledger> => ledgerOf(driver, replicaOf(source, number));
        await expect
          .poll(async () => (await copy()).log.length, { timeout: 30_000 })
          .toBeGreaterThanOrEqual(WRITES);
        expect(await copy(), replicaOf(source, number)).toEqual(original);
      }
    }
  });
});
