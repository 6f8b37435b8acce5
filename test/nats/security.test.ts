import { describe, expect, it } from 'vitest';
import { createSystem, type System } from 'troupe';
import { nats } from 'troupe/nats';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { counter } from '../support/actors.ts';
import { natsServer } from '../support/server.ts';
import { jwt, nkey, password, tls, token, type Attempt, type Guard } from './support/guards.ts';
import { everything, leaked, logBook } from './support/secrets.ts';

/** Long enough for a slow machine; a refusal takes far less. */
const CONNECT = 10_000;
const QUICKLY = 5_000;

const addressOf = (server: Server, { userinfo }: Attempt): string =>
  userinfo === undefined ? server.url : server.url.replace('://', `://${userinfo}@`);

async function joinAs(server: Server, attempt: Attempt, node: string, log = logBook().log): Promise<System> {
  const transport = nats({ servers: addressOf(server, attempt), ...attempt.options });
  return createSystem({ name: 'guarded', node, transport, log, limits: { connect: CONNECT } });
}

/** Two systems that show their papers talk with each other, and what they write down holds no secret. */
async function meet(server: Server, attempt: Attempt): Promise<void> {
  const book = logBook();
  await using far = await joinAs(server, attempt, 'far', book.log);
  await using near = await joinAs(server, attempt, 'near', book.log);
  await far.spawn(counter, { id: 'counter' });
  const ref = near.ref<typeof counter>('counter');
  ref.send({ type: 'ADD', by: 4 });
  expect(await ref.ask({ type: 'GET' })).toMatchObject({ n: 4 });
  await ref.ask({ type: 'GET' }, { timeout: 500 });
  const lost = near.ref('nobody');
  await expect(lost.ask({ type: 'GET' })).rejects.toMatchObject({ code: 'NO_SUCH_ACTOR' });
  const said = [...book.lines, everything(near.deadLetters()), everything(near.stats())].join('\n');
  expect(leaked(said, attempt.secrets)).toEqual([]);
}

/** The refusal names server and code, comes at once, and holds no secret. */
async function refused(server: Server, attempt: Attempt): Promise<void> {
  const book = logBook();
  const began = performance.now();
  const error: unknown = await joinAs(server, attempt, 'stranger', book.log).then(
    async (system) => {
      await system.stop();
      throw new Error('the server let us in');
    },
    (reason: unknown) => reason,
  );
  const took = performance.now() - began;
  expect(error).toMatchObject({
    code: 'NO_SERVER',
    retryable: false,
    message: expect.stringMatching(
      new RegExp(
        `^The NATS server at nats://127\\.0\\.0\\.1:${server.port} refused the connection \\(.+\\): check`,
      ),
    ) as string,
  });
  const said = [...book.lines, everything(error), (error as Error).stack].join('\n');
  expect(leaked(said, attempt.secrets)).toEqual([]);
  expect(took).toBeLessThan(QUICKLY);
}

async function suite(guard: Guard): Promise<void> {
  await using server = await natsServer({ jetstream: false, config: guard.config });
  for (const [what, attempt] of Object.entries(guard.right)) {
    await meet(server, attempt).catch((error: unknown) => expect.fail(`${what}: ${everything(error)}`));
  }
  for (const [what, attempt] of Object.entries(guard.wrong)) {
    await refused(server, attempt).catch((error: unknown) => expect.fail(`${what}: ${everything(error)}`));
  }
}

describe('credentials', () => {
  it('user and password', async () => suite(password));
  it('a token', async () => suite(token));
  it('an NKey', async () => suite(nkey()));
  it('JWT of an operator, and creds files', async () => suite(jwt()));
});

describe('TLS', () => {
  it('a server with a certificate', async () => {
    await using guards = await tls();
    await suite(guards.server);
  });

  it('client certificates', async () => {
    await using guards = await tls();
    await suite(guards.mutual);
  });

  it('before anything else is said', async () => {
    await using guards = await tls();
    await suite(guards.first);
  });
});

describe('a server that is not there', () => {
  it('is given up on in time and without a secret, also with an option that says to wait for ever', async () => {
    await using server = await natsServer({ jetstream: false });
    await server.kill();
    const options = { user: 'anna', pass: 'pa55w0rd', waitOnFirstConnect: true };
    const transport = nats({ servers: server.url, ...options });
    const error: unknown = await createSystem({ transport, limits: { connect: 700 } }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({
      code: 'NO_SERVER',
      retryable: true,
      message: expect.stringContaining(`${server.url} within 700 ms (CONNECTION_REFUSED)`) as string,
    });
    expect(leaked(everything(error), ['pa55w0rd'])).toEqual([]);
  });
});
