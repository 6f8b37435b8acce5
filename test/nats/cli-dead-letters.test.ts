import { setup } from 'xstate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystem, silentLogger, type Queue, type System } from 'troupe';
import { jetstream, nats } from 'troupe/nats';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { natsServer } from '../support/server.ts';
import { run } from './support/command.ts';

type Mail = { readonly type: 'MAIL'; readonly text: string };

const mailer = setup({
  types: { events: {} as Mail },
  actions: {
    refuse: ({ event }) => {
      throw new Error(`no mailbox for "${event.text}"`);
    },
  },
}).createMachine({
  id: 'mailer',
  initial: 'idle',
  states: { idle: { on: { MAIL: { actions: 'refuse' } } } },
});

describe('troupe dead-letters', () => {
  let server: Server;
  let system: System;
  let queue: Queue<Mail>;
  beforeAll(async () => {
    server = await natsServer();
    const servers = server.url;
    system = await createSystem({
      name: 'post',
      transport: nats({ servers }),
      store: jetstream({ servers }),
      log: silentLogger,
    });
    await system.spawn(mailer, { id: 'mailer', supervision: { directive: 'resume' } });
    queue = await system.queue<Mail>('emails', { maxAttempts: 2, backoff: { initial: 5 } });
  });
  afterAll(async () => {
    await system.stop();
    await server.stop();
  });

  const cli = async (...args: string[]) => {
    const { code, out, err } = await run('src/cli/main.ts', ['dead-letters', ...args], {
      NATS_URL: server.url,
    }).finished;
    return { code, out: out.join('\n'), err: err.trim() };
  };
  const post = ['--system', 'post'];

  it('says so when there are none, also where there is no such system', async () => {
    expect(await cli('list', ...post)).toEqual({
      code: 0,
      out: 'no dead letters of the queues of the system "post"',
      err: '',
    });
    expect(await cli('list', '--system', 'nobody', '--json')).toEqual({
      code: 0,
      out: '{"letters":[],"hidden":0}',
      err: '',
    });
  });

  it('lists, shows, puts back and drops', async () => {
    await queue.send({ type: 'MAIL', text: 'a' }, { key: 'ann', id: 'mail-1' });
    await queue.send({ type: 'MAIL', text: 'b' }, { key: 'ann' });
    const consumer = await queue.consume('mailer');
    await expect.poll(() => queue.size(), { timeout: 10_000 }).toBe(0);
    await consumer.stop();

    const listed = (await cli('list', ...post)).out.split('\n');
    expect(listed[0]).toMatch(/^ID +QUEUE +KEY +EVENT +ATTEMPTS +DIED +ACTOR +ERROR$/);
    expect(listed.slice(1)).toEqual([
      expect.stringMatching(/^1 +emails +ann +MAIL +2 .* mailer +ACTOR_FAILED: .*no mailbox for "a"/),
      expect.stringMatching(/^2 +emails +ann +MAIL +2 .* mailer +ACTOR_FAILED: .*no mailbox for "b"/),
    ]);
    const shown = await cli('show', '1', ...post);
    expect(shown.out).toMatch(/"event": \{\s+"type": "MAIL",\s+"text": "a"\s+\}/);
    expect(shown.out).toMatch(/\n {4}at .*cli-dead-letters\.test\.ts/);
    const [letter] = (
      JSON.parse((await cli('list', ...post, '--json', '--limit', '1')).out) as { letters: unknown[] }
    ).letters;
    expect(letter).toMatchObject({ id: 1, key: 'ann', messageId: 'mail-1', state: 'idle', attempts: 2 });

    expect(await cli('replay', '1', '9', ...post)).toEqual({
      code: 1,
      out: 'replayed 1',
      err: 'troupe: NO_SUCH_LETTER: There is no dead letter 9: list those that are there.',
    });
    expect(await queue.size()).toBe(1);
    expect(await cli('drop', '--all', '--queue', 'emails', '--json', ...post)).toEqual({
      code: 0,
      out: '{"dropped":[2],"failed":[]}',
      err: '',
    });
    expect((await cli('list', ...post)).out).toBe('no dead letters of the queues of the system "post"');
  });

  it.each<[string[], number, RegExp]>([
    [['replay', ...post], 2, /^troupe: name the letters to replay, or say --all/],
    [['drop', '1', '--all', ...post], 2, /^troupe: name the letters to drop, or say --all/],
    [['show', 'x'], 2, /^troupe: .*whole number/],
    [['show'], 2, /^troupe: missing required argument/],
    [['list', '--queue', 'a.b'], 2, /^troupe: .*queue name "a\.b"/],
    [['bury'], 2, /^troupe: unknown command 'bury'/],
    [['show', '7', ...post], 1, /^troupe: NO_SUCH_LETTER: /],
    [
      ['list', '--nats', 'nats://127.0.0.1:1', '--timeout', '300'],
      1,
      /^troupe: STORE_UNAVAILABLE: .*127\.0\.0\.1:1/,
    ],
  ])('answers %j with exit code %i and one line', async (args, code, line) => {
    const found = await cli(...args);
    expect(found).toMatchObject({ code, out: '' });
    expect(found.err).toMatch(line);
    expect(found.err).not.toContain('\n');
  });

  it('explains itself', async () => {
    const { code, out } = await cli('--help');
    expect(code).toBe(0);
    for (const command of ['list', 'show', 'replay', 'drop']) expect(out).toContain(`  ${command} [options]`);
  });
});
