import { connect, type StreamConfig } from 'nats';
import { describe, expect, it } from 'vitest';
import { jetstream } from '../../src/durable/jetstream/store.ts';
import { encodeRecord } from '../../src/durable/record.ts';
import type { StoreOptions } from '../../src/durable/store.ts';
import { codeOf } from '../support/code-of.ts';
import { natsServer } from '../support/server.ts';
import { storeOptions } from './support/store-load.ts';

const record = encodeRecord({ some: 'state' }, false);

interface Refused {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/** The error an action ends with. */
const refusal = async (action: Promise<unknown>): Promise<Refused> =>
  action.then(
    () => ({ code: 'fine', message: '', retryable: false }),
    (error: unknown) => error as Refused,
  );

describe('a stream that exists with other settings', () => {
  const wrong: Readonly<Record<string, [Partial<StreamConfig>, there: string]>> = {
    subjects: [{ subjects: ['shop.a.>', 'shop.more.>'] }, '["shop.a.>","shop.more.>"]'],
    retention: [{ retention: 'interest' as never, discard: 'old' as never }, 'interest'],
    storage: [{ storage: 'memory' as never }, 'memory'],
    discard: [{ discard: 'old' as never }, 'old'],
    allow_direct: [{ allow_direct: false }, 'false'],
    deny_delete: [{ deny_delete: false }, 'false'],
    deny_purge: [{ deny_purge: true }, 'true'],
    max_age: [{ max_age: 3_600_000_000_000 }, '3600000000000'],
    max_msgs: [{ max_msgs: 1_000 }, '1000'],
    max_msgs_per_subject: [{ max_msgs_per_subject: 127 }, '127'],
    max_msg_size: [{ max_msg_size: 1_000 }, '1000'],
    no_ack: [{ no_ack: true }, 'true'],
    shards: [{ metadata: { 'troupe.shards': '8' } }, '8'],
  };

  it.each(Object.entries(wrong))(
    'is refused, %s named, and left as it is',
    async (setting, [change, there]) => {
      await using server = await natsServer();
      const connection = await connect({ servers: server.url });
      const manager = await connection.jetstreamManager();
      const options = storeOptions({ system: 'shop', history: 128 });
      await (await jetstream({ servers: server.url }).open(options)).close();
      const made = (await manager.streams.info('TROUPE_shop')).config;
      await manager.streams.delete('TROUPE_shop');
      const { config } = await manager.streams.add({ ...made, ...change });
      const error = await refusal(jetstream({ servers: server.url }).open(options));
      expect(error).toMatchObject({ code: 'STORE_MISMATCH', retryable: false });
      expect(error.message).toContain('TROUPE_shop');
      expect(error.message).toContain(setting);
      expect(error.message).toContain(`${there}, wanted`);
      expect((await manager.streams.info('TROUPE_shop')).config).toEqual(config);
      await connection.close();
    },
  );

  it('with settings of no matter it is taken', async () => {
    await using server = await natsServer();
    const connection = await connect({ servers: server.url });
    const manager = await connection.jetstreamManager();
    const options = storeOptions({ system: 'shop', history: 128 });
    await (await jetstream({ servers: server.url }).open(options)).close();
    const changes = {
      max_bytes: 100_000_000,
      max_msgs_per_subject: 500,
      description: 'ours',
      max_msg_size: 8_000_000,
    };
    await manager.streams.update('TROUPE_shop', changes);
    const journal = await jetstream({ servers: server.url }).open(options);
    expect(await journal.append('a', record, 0)).toBe(1);
    await journal.close();
    await connection.close();
  });

  it('that takes our subjects under another name is refused', async () => {
    await using server = await natsServer();
    const connection = await connect({ servers: server.url });
    await (await connection.jetstreamManager()).streams.add({ name: 'OTHERS', subjects: ['shop.>'] });
    const error = await refusal(jetstream({ servers: server.url }).open(storeOptions({ system: 'shop' })));
    expect([error.code, error.message]).toEqual(['STORE_MISMATCH', expect.stringContaining('shop.a.>')]);
    await connection.close();
  });
});

describe('a server that cannot keep records', () => {
  it('without JetStream: what to do is said at once', async () => {
    await using server = await natsServer({ jetstream: false });
    const began = Date.now();
    const error = await refusal(jetstream({ servers: server.url }).open(storeOptions()));
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(error.message).toContain('JetStream is not enabled');
    expect(Date.now() - began).toBeLessThan(5_000);
  });

  it('no server at all', async () => {
    const error = await refusal(
      jetstream({ servers: 'nats://127.0.0.1:1' }).open(storeOptions({ timeout: 300 })),
    );
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(error.message).toContain('nats://127.0.0.1:1');
  });

  it('replicas without a cluster', async () => {
    await using server = await natsServer();
    const error = await refusal(jetstream({ servers: server.url, replicas: 3 }).open(storeOptions()));
    expect([error.code, error.message]).toEqual([
      'STORE_MISMATCH',
      expect.stringMatching(/replicas.*cluster/s) as string,
    ]);
  });

  it('options that are none', async () => {
    expect(await codeOf(() => jetstream({ replicas: 2 as never }))).toBe('INVALID_OPTION');
    expect(await codeOf(() => jetstream({ storage: 'disk' as never }))).toBe('INVALID_OPTION');
  });

  it('with another number of replicas than asked for', async () => {
    await using server = await natsServer();
    const options = storeOptions();
    await (await jetstream({ servers: server.url, replicas: 1 }).open(options)).close();
    const error = await refusal(jetstream({ servers: server.url, replicas: 3 }).open(options));
    expect([error.code, error.message]).toEqual([
      'STORE_MISMATCH',
      expect.stringContaining('num_replicas 1, wanted 3') as string,
    ]);
  });
});

describe('a stream that is full', () => {
  const fills = async (
    url: string,
    options: StoreOptions,
  ): Promise<{ readonly error: Refused; readonly at: number }> => {
    const journal = await jetstream({ servers: url }).open(options);
    let last = 0;
    for (let n = 0; ; n++) {
      const appended = await journal
        .append(`a/${n}`, new Uint8Array(10_000), 0)
        .catch((error: unknown) => error);
      if (typeof appended === 'number') last = appended;
      else {
        // What is stored stays readable, and can be purged to make room.
        expect((await journal.load('a/0'))[0]!.position).toBe(1);
        expect((await journal.load(`a/${n - 1}`))[0]!.position).toBe(last);
        expect(await journal.load(`a/${n}`)).toEqual([]);
        for (let i = 0; i < 5; i++) await journal.purge(`a/${i}`);
        expect(await journal.append(`a/${n}`, record, 0)).toBeGreaterThan(last);
        await journal.close();
        return { error: appended as Refused, at: n };
      }
    }
  };

  it('max_bytes of the stream', async () => {
    await using server = await natsServer();
    const connection = await connect({ servers: server.url });
    const manager = await connection.jetstreamManager();
    const options = storeOptions({ system: 'shop' });
    await (await jetstream({ servers: server.url }).open(options)).close();
    await manager.streams.update('TROUPE_shop', { max_bytes: 200_000 });
    const { error, at } = await fills(server.url, options);
    expect(error).toMatchObject({ code: 'STORE_FULL', retryable: false });
    expect(error.message).toContain('TROUPE_shop');
    expect(at).toBeGreaterThan(10);
    await connection.close();
  });

  it('the disk that the server may use', async () => {
    await using server = await natsServer({ jetstream: { max_file: 1_000_000 } });
    const { error } = await fills(server.url, storeOptions());
    expect(error).toMatchObject({ code: 'STORE_FULL', retryable: false });
  });
});

describe('permissions', () => {
  const withUser = async (permissions: string) =>
    natsServer({
      config: `authorization { users: [
        { user: admin, password: secret }
        { user: shop, password: hush, permissions: { ${permissions} } }
      ] }`,
    });
  const shop = { user: 'shop', pass: 'hush' };
  const denials: Readonly<Record<string, [permissions: string, subject: string]>> = {
    'asking for the stream': [
      'publish: { deny: "$JS.API.STREAM.INFO.>" }',
      '$JS.API.STREAM.INFO.TROUPE_shop',
    ],
    'making the stream': [
      'publish: { deny: "$JS.API.STREAM.CREATE.>" }',
      '$JS.API.STREAM.CREATE.TROUPE_shop',
    ],
    answers: ['subscribe: { deny: "_INBOX.>" }', '_INBOX.'],
  };

  it.each(Object.entries(denials))('open is denied %s', async (_what, [permissions, subject]) => {
    await using server = await withUser(permissions);
    const opening = jetstream({ servers: server.url, ...shop }).open(storeOptions({ system: 'shop' }));
    const error = await refusal(opening);
    expect(error).toMatchObject({ code: 'STORE_DENIED', retryable: false });
    expect(error.message).toContain(subject);
    expect(error.message).not.toContain('hush');
  });

  it('each operation is denied by name, at once, and the others go on', async () => {
    await using server = await withUser(
      'publish: { deny: ["shop.a.secret.>", "shop.w.>", "$JS.API.STREAM.PURGE.>", "$JS.API.STREAM.MSG.DELETE.>", "$JS.API.CONSUMER.>"] }',
    );
    const journal = await jetstream({ servers: server.url, ...shop }).open(storeOptions({ system: 'shop' }));
    const position = await journal.append('open/1', record, 0);
    const ids = async (): Promise<void> => {
      for await (const id of journal.ids()) expect(id).toBe('open/1');
    };
    const errors = await Promise.all(
      [
        journal.append('secret/1', record, 0),
        journal.wake('open/1', 3, 0),
        journal.unwake('open/1', 3, 1),
        journal.purge('open/1'),
        ids(),
      ].map(refusal),
    );
    expect(errors.map(({ code }) => code)).toEqual(Array(5).fill('STORE_DENIED'));
    const subjects = ['shop.a.secret.1', 'shop.w.3.open.1', 'MSG.DELETE', 'PURGE', 'CONSUMER.CREATE'];
    for (const [i, subject] of subjects.entries()) expect(errors[i]!.message).toContain(subject);
    expect(await journal.append('open/1', record, position)).toBe(2);
    await journal.close();
  });

  it('wrong credentials, which are never shown', async () => {
    await using server = await withUser('publish: ">"');
    const url = server.url.replace('nats://', 'nats://shop:wr0ng@');
    const error = await refusal(jetstream({ servers: url }).open(storeOptions()));
    expect(error.code).toBe('STORE_DENIED');
    expect(`${error.message} ${String((error as { cause?: unknown }).cause)}`).not.toContain('wr0ng');
  });
});

describe('ids', () => {
  it('one that is too long as a subject is refused, and the connection stays', async () => {
    await using server = await natsServer();
    const journal = await jetstream({ servers: server.url }).open(storeOptions());
    const error = await refusal(journal.append('語'.repeat(512), record, 0));
    expect([error.code, error.message]).toEqual([
      'INVALID_ADDRESS',
      expect.stringMatching(/"語+…" takes \d+ characters/) as string,
    ]);
    const longest = `${'x'.repeat(200)}/${'語'.repeat(300)}`;
    const position = await journal.append(longest, record, 0);
    expect((await journal.load(longest)).map((entry) => entry.position)).toEqual([position]);
    await journal.close();
  });
});
