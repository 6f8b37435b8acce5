import { describe, expect, it } from 'vitest';
import { createSystem, type System } from 'troupe';
import { jetstream, nats, type NatsOptions } from 'troupe/nats';
import { jwtAuthenticator, usernamePasswordAuthenticator } from 'nats';
import { systemClock } from '../../src/ports.ts';
import { counter } from '../support/actors.ts';
import { natsServer } from '../support/server.ts';
import { createOperator } from './support/jwt.ts';
import { everything, leaked, logBook, type LogBook } from './support/secrets.ts';

const join = async (options: NatsOptions, book: LogBook): Promise<System> =>
  createSystem({ name: 'rotating', transport: nats(options), log: book.log, limits: { drain: 200 } });

const isAnswered = async (system: System): Promise<boolean> =>
  system
    .ref<typeof counter>('counter')
    .ask({ type: 'GET' }, { timeout: 500 })
    .then(
      () => true,
      () => false,
    );

describe('rotation of credentials', () => {
  it('a JWT that expires is replaced by a fresh one with every reconnect', async () => {
    const operator = createOperator();
    await using server = await natsServer({ jetstream: false, config: operator.config });
    const secrets: string[] = [];
    // The server ends the connection of a user whose time is over.
    const authenticator: NatsOptions['authenticator'] = (nonce) => {
      const { jwt, seed } = operator.user('anna', 2);
      secrets.push(jwt, Buffer.from(seed).toString());
      return jwtAuthenticator(jwt, seed)(nonce);
    };
    const book = logBook();
    const forEver = operator.user('far');
    await using far = await join(
      { servers: server.url, authenticator: jwtAuthenticator(forEver.jwt, forEver.seed) },
      book,
    );
    await using near = await join({ servers: server.url, authenticator }, book);
    await far.spawn(counter, { id: 'counter' });
    expect(await isAnswered(near)).toBe(true);
    await expect.poll(() => secrets.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(6);
    await expect.poll(async () => isAnswered(near), { timeout: 5_000 }).toBe(true);
    expect(book.lines.join('\n')).toContain('AUTHENTICATION_EXPIRED');
    expect(leaked(book.lines.join('\n'), secrets)).toEqual([]);
  });

  it('a new password is taken up when the server comes back with it', async () => {
    const variable = 'TROUPE_TEST_ROTATING_PASSWORD';
    const passwords = ['the-f1rst-one', 'the-s3cond-one'] as const;
    process.env[variable] = passwords[0];
    await using server = await natsServer({
      jetstream: false,
      config: `authorization { user: anna, password: $${variable} }`,
    });
    let current: string = passwords[0];
    let calls = 0;
    const authenticator = usernamePasswordAuthenticator('anna', () => {
      calls++;
      return current;
    });
    const book = logBook();
    await using far = await join({ servers: server.url, authenticator }, book);
    await using near = await join({ servers: server.url, authenticator }, book);
    await far.spawn(counter, { id: 'counter' });
    expect(await isAnswered(near)).toBe(true);
    const before = calls;
    await server.kill();
    current = process.env[variable] = passwords[1];
    await server.restart();
    Reflect.deleteProperty(process.env, variable);
    await expect.poll(async () => isAnswered(near), { timeout: 15_000 }).toBe(true);
    expect(calls).toBeGreaterThanOrEqual(before + 2);
    expect(leaked(book.lines.join('\n'), passwords)).toEqual([]);
  });

  it('an authenticator that fails later closes the connection, and its words are not logged', async () => {
    await using server = await natsServer({
      jetstream: false,
      config: 'authorization { user: anna, password: pa55w0rd }',
    });
    let isBroken = false;
    const authenticator = usernamePasswordAuthenticator('anna', () => {
      if (isBroken) throw new Error('the vault did not take pa55w0rd');
      return 'pa55w0rd';
    });
    const book = logBook();
    await using system = await join({ servers: server.url, authenticator }, book);
    await server.kill();
    isBroken = true;
    await server.restart();
    await expect
      .poll(() => book.lines.some((line) => line.includes('closed for good')), { timeout: 10_000 })
      .toBe(true);
    expect(() => system.publish({ type: 'too.late' })).toThrow(
      expect.objectContaining({ code: 'SYSTEM_STOPPED' }),
    );
    expect(leaked(book.lines.join('\n'), ['pa55w0rd'])).toEqual([]);
  });

  it('the same in the store: what waits for it fails without its words', async () => {
    await using server = await natsServer({ config: 'authorization { user: anna, password: pa55w0rd }' });
    let isBroken = false;
    const authenticator = usernamePasswordAuthenticator('anna', () => {
      if (isBroken) throw new Error('the vault did not take pa55w0rd');
      return 'pa55w0rd';
    });
    const book = logBook();
    const journal = await jetstream({ servers: server.url, authenticator }).open({
      system: 'rotating',
      clock: systemClock,
      log: book.log,
      timeout: 10_000,
      shards: 8,
      history: 128,
    });
    await server.kill();
    isBroken = true;
    const append = journal.append('a', Buffer.alloc(16, 1), 0).catch((error: unknown) => error);
    await server.restart();
    const error = await append;
    expect(error).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(leaked([...book.lines, everything(error)].join('\n'), ['pa55w0rd'])).toEqual([]);
    await journal.close();
  });
});
