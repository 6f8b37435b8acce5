import { describe, expect, it } from 'vitest';
import { jetstream } from 'troupe/nats';
import type { Server } from '../../src/cli/nats-server/server.ts';
import type { Journal, Store } from '../../src/durable/store.ts';
import { systemClock } from '../../src/ports.ts';
import { natsServer } from '../support/server.ts';
import { denials, walled, type Walled } from './support/acl.ts';
import { jwt, nkey, password, tls, token, type Attempt, type Guard } from './support/guards.ts';
import { everything, leaked, logBook, type LogBook } from './support/secrets.ts';

/** A refusal takes far less than an operation may. */
const QUICKLY = 5_000;

const open = async (store: Store, book: LogBook, system = 'shop', timeout = 10_000): Promise<Journal> =>
  store.open({ system, clock: systemClock, log: book.log, timeout, shards: 8, history: 128 });

const storeFor = (server: Server, { options, userinfo }: Attempt): Store => {
  const servers = userinfo === undefined ? server.url : server.url.replace('://', `://${userinfo}@`);
  return jetstream({ servers, ...options });
};

/** A snapshot as far as the store looks into it. */
const record = (text: string): Uint8Array =>
  Buffer.concat([Buffer.of(1, 0, ...Array<number>(14).fill(0)), Buffer.from(text)]);

async function kept(server: Server, attempt: Attempt): Promise<void> {
  const book = logBook();
  const journal = await open(storeFor(server, attempt), book);
  const [last] = await journal.load('order/1');
  const position = await journal.append('order/1', record('x'), last?.position ?? 0);
  expect(await journal.load('order/1')).toMatchObject([{ position }]);
  const fenced: unknown = await journal.append('order/1', record('y'), 0).catch((error: unknown) => error);
  expect(fenced).toMatchObject({ code: 'FENCED' });
  await journal.close();
  expect(leaked([...book.lines, everything(fenced)].join('\n'), attempt.secrets)).toEqual([]);
}

async function refused(server: Server, attempt: Attempt): Promise<void> {
  const book = logBook();
  const began = performance.now();
  const error: unknown = await open(storeFor(server, attempt), book).then(
    () => new Error('the server let us in'),
    (reason: unknown) => reason,
  );
  expect(performance.now() - began).toBeLessThan(QUICKLY);
  expect(error).toMatchObject({ code: 'STORE_DENIED', retryable: false });
  expect((error as Error).message).toContain(`nats://127.0.0.1:${server.port} refused the connection (`);
  const said = [...book.lines, everything(error), (error as Error).stack].join('\n');
  expect(leaked(said, attempt.secrets)).toEqual([]);
}

async function suite(guard: Guard): Promise<void> {
  await using server = await natsServer({ config: guard.config });
  for (const [what, attempt] of Object.entries(guard.right)) {
    await kept(server, attempt).catch((error: unknown) => expect.fail(`${what}: ${everything(error)}`));
  }
  for (const [what, attempt] of Object.entries(guard.wrong)) {
    await refused(server, attempt).catch((error: unknown) => expect.fail(`${what}: ${everything(error)}`));
  }
}

describe('the JetStream store shows the same papers', () => {
  it('user and password', async () => suite(password));
  it('a token', async () => suite(token));
  it('an NKey', async () => suite(nkey()));
  it('JWT of an operator, and creds files', async () => suite(jwt()));

  it('TLS: a server with a certificate', async () => {
    await using guards = await tls();
    await suite(guards.server);
  });

  it('TLS: client certificates', async () => {
    await using guards = await tls();
    await suite(guards.mutual);
  });

  it('TLS before anything else is said', async () => {
    await using guards = await tls();
    await suite(guards.first);
  });
});

const as = (wall: Walled, role: string): Store => jetstream(wall.papers(role));

const gather = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe('the JetStream store under the permissions that troupe acl prints', () => {
  it('a node may not make streams; a provisioner may, and then the node needs nothing more', async () => {
    await using wall = await walled('shop', '--durable');
    const book = logBook();
    await expect(open(as(wall, 'node'), book)).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining('"$JS.API.STREAM.CREATE.TROUPE_shop"') as string,
    });
    await (await open(as(wall, 'provision'), book)).close();
    const journal = await open(as(wall, 'node'), book);
    const first = await journal.append('order/1', record('a'), 0);
    const second = await journal.append('order/1', record('b'), first);
    expect(await journal.load('order/1')).toMatchObject([{ position: second }]);
    expect(await gather(journal.history('order/1'))).toMatchObject([
      { position: first },
      { position: second },
    ]);
    expect(await gather(journal.ids())).toEqual(['order/1']);
    const wake = await journal.wake('order/1', 3, 0);
    expect(await gather(journal.wakes(new Set([1, 3])))).toMatchObject([{ id: 'order/1', at: 0 }]);
    await journal.unwake('order/1', 3, wake);
    expect(await gather(journal.wakes(new Set([3])))).toEqual([]);
    await journal.wake('order/1', 3, 5);
    await journal.purge('order/1');
    expect(await journal.load('order/1')).toEqual([]);
    await journal.close();
    expect(book.lines).toEqual([]);
  });

  it('whoever looks may read, and is denied every change by name', async () => {
    await using wall = await walled('shop', '--durable');
    const book = logBook();
    await (await open(as(wall, 'provision'), book)).close();
    const writer = await open(as(wall, 'node'), book);
    const position = await writer.append('order/1', record('a'), 0);
    await writer.wake('order/1', 3, 7);
    const reader = await open(as(wall, 'inspect'), book);
    expect(await reader.load('order/1')).toMatchObject([{ position }]);
    expect(await gather(reader.history('order/1'))).toHaveLength(1);
    expect(await gather(reader.ids())).toEqual(['order/1']);
    expect(await gather(reader.wakes(new Set([3])))).toMatchObject([{ at: 7 }]);
    const denied = (subject: string): object => ({
      code: 'STORE_DENIED',
      message: expect.stringContaining(`"${subject}"`) as string,
    });
    await expect(reader.append('order/1', record('b'), position)).rejects.toMatchObject(
      denied('shop.a.order.1'),
    );
    await expect(reader.wake('order/1', 3, 8)).rejects.toMatchObject(denied('shop.w.3.order.1'));
    await expect(reader.purge('order/1')).rejects.toMatchObject(denied('$JS.API.STREAM.PURGE.TROUPE_shop'));
    expect(await writer.load('order/1')).toMatchObject([{ position }]);
    await Promise.all([reader.close(), writer.close()]);
  });

  it('the streams of another system, and the administration of its own, are out of reach', async () => {
    await using wall = await walled('shop', '--durable');
    const book = logBook();
    await (await open(as(wall, 'provision'), book)).close();
    for (const role of ['node', 'inspect', 'provision']) {
      await expect(open(as(wall, role), book, 'bank')).rejects.toMatchObject({
        code: 'STORE_DENIED',
        message: expect.stringContaining('"$JS.API.STREAM.INFO.TROUPE_bank"') as string,
      });
      const forbidden = [
        '$JS.API.STREAM.DELETE.TROUPE_shop',
        '$JS.API.STREAM.UPDATE.TROUPE_shop',
        '$JS.API.STREAM.SNAPSHOT.TROUPE_shop',
        '$JS.API.STREAM.MSG.DELETE.TROUPE_shop',
        '$JS.API.STREAM.MSG.GET.TROUPE_bank',
        '$JS.API.CONSUMER.CREATE.TROUPE_bank',
        '$JS.API.STREAM.NAMES',
        'bank.a.order.1',
      ];
      const found = await denials(wall.papers(role), (connection) => {
        for (const subject of forbidden) connection.publish(subject);
      });
      expect([role, ...found]).toEqual([role, ...forbidden.map((each) => `publish ${each}`)]);
    }
    const shop = await denials(wall.papers('provision'), (connection) => {
      for (const subject of ['shop.a.order.1', 'shop.c', '$JS.API.STREAM.MSG.GET.TROUPE_shop'])
        connection.publish(subject);
    });
    expect(shop).toHaveLength(3);
  });

  it('queues and dead letters: made by the provisioner, used by nodes, read by whoever looks', async () => {
    await using wall = await walled('shop', '--queues', 'mails');
    const book = logBook();
    const early = await open(as(wall, 'provision'), book);
    const node = await open(as(wall, 'node'), book);
    await expect(node.queues!.open('mails', 2)).rejects.toMatchObject({ code: 'STORE_DENIED' });
    await early.queues!.open('mails', 2);
    await early.close();
    const queue = await node.queues!.open('mails', 2);
    const { seq } = await queue.add({ partition: 1, key: 'k', id: 'once', body: Buffer.from('hello') });
    expect(await queue.body(seq)).toEqual(Buffer.from('hello'));
    const reading = new AbortController();
    for await (const waiting of queue.read(1, reading.signal)) {
      expect(waiting).toMatchObject({ seq, key: 'k', id: 'once' });
      reading.abort();
    }
    const position = await queue.save('lanes', Buffer.from('doc'), 0);
    expect(await queue.load('lanes')).toMatchObject({ position });
    await queue.settle(1, 'once', seq);
    expect(await queue.settled([1], 'once')).toBe(seq);
    await queue.forget(1);
    await queue.remove(seq);
    expect(await queue.count()).toBe(0);
    const { dead } = node.queues!;
    await dead.add('mails', 'a', Buffer.from('letter'));
    const [letter] = await gather(dead.list());
    const inspector = await open(as(wall, 'inspect'), book);
    expect(await gather(inspector.queues!.dead.list('mails'))).toMatchObject([{ id: letter!.id }]);
    expect(await (await inspector.queues!.find('mails'))!.count()).toBe(0);
    await expect(inspector.queues!.dead.remove(letter!.id)).rejects.toMatchObject({ code: 'STORE_DENIED' });
    expect(await dead.remove(letter!.id)).toBe(true);
    await expect(node.queues!.open('bills', 2)).rejects.toMatchObject({
      code: 'STORE_DENIED',
      message: expect.stringContaining('"$JS.API.STREAM.INFO.TROUPE_shop_QUEUE_bills"') as string,
    });
    await Promise.all([node.close(), inspector.close()]);
    expect(book.lines).toEqual([]);
  });
});
