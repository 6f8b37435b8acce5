import { setup } from 'xstate';
import { createSystem, silentLogger, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ActorDetail, ActorPage, LetterPage, Refusal } from '../../src/inspector/protocol.ts';
import { counter } from '../support/actors.ts';
import { walled, type Walled } from './support/acl.ts';
import { run, type Command } from './support/command.ts';

const mailer = setup({ types: { events: {} as { type: 'MAIL' } } }).createMachine({
  id: 'mailer',
  on: {
    MAIL: {
      actions: () => {
        throw new Error('no mailbox');
      },
    },
  },
});

let wall: Walled;
let shop: System;
const running: Command[] = [];

/** With the name and password of a role. */
const urlOf = (role: string): string => {
  const { user, pass } = wall.papers(role);
  return wall.server.url.replace('://', `://${user ?? ''}:${pass ?? ''}@`);
};

const start = (role: string, ...args: readonly string[]): Command => {
  const command = run('src/cli/main.ts', ['inspect', '--system', 'shop', ...args], { NATS_URL: urlOf(role) });
  running.push(command);
  return command;
};

async function inspect(role: string, ...args: readonly string[]) {
  const line = await start(role, ...args).line((each) => each.startsWith('inspector: '));
  const [base = '', token = ''] = line.slice('inspector: '.length).split('/#token=');
  const headers = { authorization: `Bearer ${token}` };
  return {
    get: async <T>(path: string): Promise<T> =>
      (await (await fetch(`${base}/api/${path}`, { headers })).json()) as T,
    post: async (path: string, body: object): Promise<{ status: number; code: string }> => {
      const said = await fetch(`${base}/api/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return {
        status: said.status,
        code: said.status === 204 ? '' : ((await said.json()) as Refusal).code,
      };
    },
  };
}

const patience = { timeout: 10_000, interval: 50 };

beforeAll(async () => {
  wall = await walled('shop', '--durable', '--queues', 'mails');
  const store = (role: string) => jetstream(wall.papers(role));
  const name = 'shop';
  await using provisioner = await createSystem({
    name: 'shop',
    store: store('provision'),
    log: silentLogger,
  });
  await provisioner.queue('mails');
  await provisioner.stop();
  shop = await createSystem({
    name,
    transport: nats(wall.papers('node')),
    store: store('node'),
    log: silentLogger,
  });
  await shop.spawn(counter, { id: 'counter' });
  await shop.spawn(mailer, { id: 'mailer', supervision: { directive: 'resume' } });
  const queue = await shop.queue<{ type: 'MAIL' }>('mails', { maxAttempts: 1 });
  for (let i = 0; i < 2; i += 1) await queue.send({ type: 'MAIL' });
  const consumer = await queue.consume('mailer');
  await vi.waitFor(async () => expect(await queue.size()).toBe(0), patience);
  await consumer.stop();
});

afterEach(async () => {
  for (const command of running) command.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ finished }) => finished));
});

afterAll(async () => {
  await shop.stop();
  await wall[Symbol.asyncDispose]();
});

const ADD = { address: 'counter', event: { type: 'ADD', by: 2 } };

describe('troupe inspect, under the permissions that troupe acl prints', () => {
  it('as inspect looks, sends when it is started so, and settles no dead letter', async () => {
    const { get, post } = await inspect('inspect', '--allow-send');
    await vi.waitFor(async () => expect((await get<ActorPage>('actors')).total).toBe(2), patience);
    const counted = async () => (await get<ActorDetail>('actor?address=counter')).snapshot.context;
    const before = await counted();
    expect(await post('send', ADD)).toEqual({ status: 204, code: '' });
    await vi.waitFor(async () => expect(await counted()).not.toEqual(before), patience);
    const { rows } = await get<LetterPage>('letters?queue=mails');
    expect(rows).toHaveLength(2);
    for (const action of ['replay', 'drop'])
      expect(await post('letters', { action, id: rows[0]?.id, queue: 'mails' })).toEqual({
        status: 403,
        code: 'NOT_ALLOWED',
      });
    expect((await get<LetterPage>('letters?queue=mails')).total).toBe(2);
  });

  it('as node settles dead letters with its own rights', async () => {
    const { get, post } = await inspect('node', '--allow-send');
    await vi.waitFor(async () => expect((await get<ActorPage>('actors')).total).toBe(2), patience);
    const { rows } = await get<LetterPage>('letters?queue=mails');
    expect(await post('letters', { action: 'drop', id: rows[0]?.id, queue: 'mails' })).toEqual({
      status: 204,
      code: '',
    });
    expect((await get<LetterPage>('letters?queue=mails')).total).toBe(rows.length - 1);
  });

  it('says in one line what it is denied, and ends', async () => {
    const { code, err, out } = await start('provision').finished;
    expect([code, out]).toEqual([1, []]);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain('PERMISSION_DENIED: NATS denies the ');
    expect(err).toContain('troupe acl shop --role inspect');
  });

  it('says in one line that its papers are wrong', async () => {
    const NATS_URL = wall.server.url.replace('://', '://shop-inspect:wrong@');
    const { code, err } = await run('src/cli/main.ts', ['inspect', '--system', 'shop'], { NATS_URL })
      .finished;
    expect(code).toBe(1);
    expect(err).toMatch(/^troupe: NO_SERVER: .*AUTHORIZATION_VIOLATION.*\n$/);
  });
});
