import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Server } from '../../src/cli/nats-server/server.ts';
import type { ActorDetail, ActorPage, Overview } from '../../src/inspector/protocol.ts';
import { decodeRecording } from '../../src/monitoring/recording.ts';
import { natsServer } from '../support/server.ts';
import { run, type Command } from './support/command.ts';

let server: Server;
let folder: string;
const running: Command[] = [];

const start = (file: string, ...args: readonly string[]): Command => {
  const command = run(file, args, { NATS_URL: server.url });
  running.push(command);
  return command;
};

const stage = async (name: string): Promise<Command & { readonly node: string }> => {
  const command = start('test/nats/support/stage.ts', name);
  const ready = await command.line((line) => line.startsWith('ready '));
  return { ...command, node: ready.slice('ready '.length) };
};

/** `troupe inspect`, and how to ask it. */
async function inspect(...args: readonly string[]) {
  const command = start('src/cli/main.ts', 'inspect', ...args);
  const line = await command.line((each) => each.startsWith('inspector: '));
  const [base = '', token = ''] = line.slice('inspector: '.length).split('/#token=');
  const headers = { authorization: `Bearer ${token}` };
  return {
    command,
    get: async <T>(path: string): Promise<T> =>
      (await (await fetch(`${base}/api/${path}`, { headers })).json()) as T,
    post: async (path: string, body: object): Promise<number> =>
      (await fetch(`${base}/api/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })).status,
  };
}

beforeAll(async () => {
  server = await natsServer();
  folder = await mkdtemp(join(tmpdir(), 'troupe-inspect-'));
});

afterEach(async () => {
  for (const command of running) command.kill('SIGKILL');
  await Promise.all(running.splice(0).map(({ finished }) => finished));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await server.stop();
});

describe('troupe inspect, attached over NATS', () => {
  it('shows the actors of another process, sends when allowed, and records the session', async () => {
    const shop = await stage('shop');
    const file = join(folder, 'session.ndjson');
    const inspector = await inspect('--allow-send', '--record', file);
    await vi.waitFor(async () => {
      const { total } = await inspector.get<ActorPage>('actors');
      expect(total).toBe(3);
    }, 5_000);
    const detail = await inspector.get<ActorDetail>('actor?address=shop/counter');
    expect(detail).toMatchObject({ kind: 'counter', state: 'counting', node: shop.node });
    expect(detail.events.map(({ type }) => type)).toContain('ADD');
    const event = { type: 'ADD', by: 2 };
    expect(await inspector.post('dry-run', { address: 'shop/counter', event })).toBe(200);
    const recorded = (text: string) =>
      vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain(text), 8_000);
    // The node tells from now on.
    await recorded('"address":"shop/counter"');
    expect(await inspector.post('send', { address: 'shop/counter', event })).toBe(204);
    await vi.waitFor(async () => {
      const { snapshot } = await inspector.get<ActorDetail>('actor?address=shop/counter');
      expect(snapshot.context).not.toEqual(detail.snapshot.context);
    });
    await recorded('"kind":"step"');
    inspector.command.kill('SIGINT');
    const { code, err } = await inspector.command.finished;
    expect(code).toBe(0);
    expect(err).toMatch(/^recorded [\d,]+ entries, \d+\.\d MB to /m);
    const { header, entries, unread } = decodeRecording(await readFile(file, 'utf8'));
    expect([header.source, header.system, unread]).toEqual(['live', 'troupe', []]);
    expect(new Set(entries.map(({ kind }) => kind))).toEqual(new Set(['chart', 'actor', 'step', 'metrics']));

    const again = await inspect(file);
    const page = await again.get<ActorPage>('actors?kind=counter');
    expect(page.rows).toMatchObject([{ address: 'shop/counter', node: shop.node, state: 'counting' }]);
    again.command.kill('SIGINT');
    expect((await again.command.finished).code).toBe(0);
    shop.kill('SIGTERM');
    await shop.finished;
  });

  it('lets nobody send unless it was started so, and counts it', async () => {
    const shop = await stage('kiosk');
    const inspector = await inspect();
    await vi.waitFor(async () => expect((await inspector.get<ActorPage>('actors')).total).toBe(3), 5_000);
    expect(await inspector.post('send', { address: 'kiosk/counter', event: { type: 'ADD', by: 2 } })).toBe(
      403,
    );
    expect(await inspector.get('about')).toMatchObject({ canSend: false, refused: { NOT_ALLOWED: 1 } });
    inspector.command.kill('SIGTERM');
    expect((await inspector.command.finished).code).toBe(0);
    shop.kill('SIGTERM');
    await shop.finished;
  });

  it('sees a node die and another one come', async () => {
    const inspector = await inspect();
    const shop = await stage('stall');
    const nodes = async () => (await inspector.get<Overview>('overview')).nodes;
    await vi.waitFor(async () => expect((await nodes()).map(({ node }) => node)).toContain(shop.node), 8_000);
    shop.kill('SIGKILL');
    await vi.waitFor(
      async () => expect((await nodes()).find(({ node }) => node === shop.node)?.isDown ?? true).toBe(true),
      { timeout: 15_000, interval: 200 },
    );
    const next = await stage('tent');
    await vi.waitFor(
      async () => expect((await inspector.get<ActorPage>('actors?id=tent')).total).toBe(3),
      8_000,
    );
    inspector.command.kill('SIGINT');
    expect((await inspector.command.finished).code).toBe(0);
    next.kill('SIGTERM');
    await next.finished;
  });

  it('leaves when the server is gone for good', async () => {
    const own = await natsServer();
    const command = run('src/cli/main.ts', ['inspect', '--timeout', '500'], { NATS_URL: own.url });
    running.push(command);
    await command.line((line) => line.startsWith('inspector: '));
    await own.stop();
    command.kill('SIGINT');
    expect((await command.finished).code).toBe(0);
  });
});

describe('troupe watch without an address', () => {
  it('prints what the whole system does, a line a second', async () => {
    const shop = await stage('market');
    const text = start('src/cli/main.ts', 'watch');
    await text.line((line) => /^\d\d:\d\d:\d\d {2}1 node, 3 actors, .*\/s handled/.test(line));
    text.kill('SIGINT');
    expect(await text.finished).toMatchObject({ code: 0, err: '' });
    // One after the other: each is a node that the other sees.
    const json = start('src/cli/main.ts', 'watch', '--json');
    const line = await json.line((each) => each.includes('"heap"'));
    expect(JSON.parse(line)).toMatchObject({
      nodes: [{ node: shop.node, actors: 3, isDown: false }],
      kinds: [
        { kind: 'counter', actors: 1, states: { counting: 1 } },
        { kind: 'service', actors: 2 },
      ],
      breakers: [],
    });
    json.kill('SIGINT');
    expect((await json.finished).code).toBe(0);
    shop.kill('SIGTERM');
    await shop.finished;
  });
});
