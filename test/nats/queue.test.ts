import { describe, expect, it } from 'vitest';
import { createSystem, silentLogger, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { natsServer } from '../support/server.ts';
import { run } from './support/command.ts';
import { mailer, options } from './support/queue-worker.ts';

type Mail = { readonly type: 'MAIL'; readonly n: number; readonly deadly?: boolean };

const join = async (servers: string): Promise<System> =>
  createSystem({
    name: 'post',
    node: 'producer',
    transport: nats({ servers }),
    store: jetstream({ servers }),
    log: silentLogger,
  });

const worker = async (url: string, name: string, maxAttempts = '20') => {
  const process = run('test/nats/support/queue-worker.ts', [name, maxAttempts], { NATS_URL: url });
  await process.line((line) => line === 'ready');
  return process;
};

const keys = Array.from({ length: 12 }, (_, i) => `box-${i}`);

/** What each mailer has sent, read by a node that hosts them itself: of durable actors, what was committed. */
async function sentBy(system: System): Promise<Readonly<Record<string, readonly number[]>>> {
  await system.host('mailer', mailer);
  const pairs = keys.map(async (key) => {
    const { context } = await system.ref<typeof mailer>(`mailer/${key}`).snapshot({ timeout: 10_000 });
    return [key, context.sent] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

describe('a queue between processes', () => {
  // Attempts enough: a node that dies during an attempt has used it up.
  it('handles every message once and in the order of its key while workers are killed and the server is', async () => {
    await using server = await natsServer();
    await using system = await join(server.url);
    const queue = await system.queue<Mail>('emails', options);
    const send = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n++)
        await Promise.all(
          keys.map(async (key) => queue.send({ type: 'MAIL', n }, { key, id: `${key} ${n}` })),
        );
    };
    const first = await worker(server.url, 'one');
    const second = await worker(server.url, 'two');
    await send(0, 10);
    const sending = send(10, 40);
    first.kill('SIGKILL');
    await first.finished;
    await sending;
    const third = await worker(server.url, 'three');
    const more = send(40, 50);
    await server.kill();
    await server.restart();
    await more;
    second.kill('SIGKILL');
    await expect.poll(() => queue.size(), { timeout: 40_000, interval: 100 }).toBe(0);
    third.kill('SIGTERM');
    await third.finished;
    const sent = await sentBy(system);
    for (const key of keys) expect([key, sent[key]]).toEqual([key, upTo(50)]);
    const letters = [];
    for await (const letter of queue.deadLetters.list()) letters.push(letter);
    expect(letters).toEqual([]);
  }, 90_000);

  it('gives up a message that kills every process it is given to, and goes on with its key', async () => {
    await using server = await natsServer();
    await using system = await join(server.url);
    const queue = await system.queue<Mail>('emails', options);
    await queue.send({ type: 'MAIL', n: 0, deadly: true }, { key: 'box-0' });
    await queue.send({ type: 'MAIL', n: 1 }, { key: 'box-0' });
    const deaths: (number | null)[] = [];
    for (let i = 0; i < 3; i++) {
      const victim = run('test/nats/support/queue-worker.ts', [`victim-${i}`, '3'], { NATS_URL: server.url });
      deaths.push((await victim.finished).code);
    }
    expect(deaths).toEqual([null, null, null]);
    const last = await worker(server.url, 'last', '3');
    await expect.poll(() => queue.size(), { timeout: 20_000, interval: 50 }).toBe(0);
    last.kill('SIGTERM');
    await last.finished;
    const letters = [];
    for await (const letter of queue.deadLetters.list()) letters.push(letter);
    expect(letters).toMatchObject([
      {
        queue: 'emails',
        key: 'box-0',
        attempts: 3,
        event: { n: 0, deadly: true },
        error: { code: 'NODE_DOWN' },
        actor: 'mailer/box-0',
      },
    ]);
    expect((await sentBy(system))['box-0']).toEqual([1]);
  }, 60_000);
});
