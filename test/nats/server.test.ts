import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { type AddressInfo, connect as connectTo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { connect, type NatsConnection, StorageType } from 'nats';
import { describe, expect, it } from 'vitest';
import { natsCluster, natsServer } from '../support/server.ts';

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function withConnection<T>(
  servers: string | readonly string[],
  use: (nc: NatsConnection) => Promise<T>,
): Promise<T> {
  const nc = await connect({ servers: typeof servers === 'string' ? servers : [...servers] });
  try {
    return await use(nc);
  } finally {
    await nc.close();
  }
}

const createStream = async (nc: NatsConnection, replicas: number): Promise<void> => {
  const manager = await nc.jetstreamManager();
  await manager.streams.add({
    name: 'LOG',
    subjects: ['log'],
    storage: StorageType.File,
    num_replicas: replicas,
  });
};

const countMessages = async (nc: NatsConnection): Promise<number> =>
  (await (await nc.jetstreamManager()).streams.info('LOG')).state.messages;

describe('one server', () => {
  it('answers on a free port of this machine only, and stop() leaves nothing of it', async () => {
    const server = await natsServer({ name: 'solo' });
    expect(server.url).toBe(`nats://127.0.0.1:${server.port}`);
    const info = await withConnection(server.url, async (nc) => nc.info);
    expect(info).toMatchObject({
      server_name: 'solo',
      host: '127.0.0.1',
      port: server.port,
      jetstream: true,
    });
    const { pid, storeDir } = server;
    expect([server.running, isAlive(pid), existsSync(storeDir)]).toEqual([true, true, true]);
    await Promise.all([server.stop(), server.stop()]);
    expect([server.running, isAlive(pid), existsSync(dirname(storeDir))]).toEqual([false, false, false]);
    expect(await server.exited).toMatchObject({ signal: null, orderly: true });
    await expect(server.restart()).rejects.toMatchObject({ code: 'NATS_SERVER_STOPPED' });
  });

  it('keeps what JetStream acknowledged over kill() and restart(), on the same port', async () => {
    await using server = await natsServer();
    await withConnection(server.url, async (nc) => {
      await createStream(nc, 1);
      for (let i = 0; i < 100; i++) await nc.jetstream().publish('log', `${i}`);
    });
    const { pid, url } = server;
    await server.kill();
    expect(await server.exited).toMatchObject({ code: null, signal: 'SIGKILL', orderly: false });
    expect(server.running).toBe(false);
    await server.restart();
    expect([server.url, server.pid === pid]).toEqual([url, false]);
    expect(await withConnection(server.url, countMessages)).toBe(100);
  });

  it('restarts in an orderly way while it runs, and calls take turns', async () => {
    const server = await natsServer();
    const first = server.exited;
    const restarting = server.restart();
    const stopping = server.stop();
    await restarting;
    expect(await first).toMatchObject({ orderly: true });
    await stopping;
    expect([server.running, isAlive(server.pid)]).toEqual([false, false]);
  });

  it('keeps a store folder it was given', async () => {
    const storeDir = await mkdtemp(join(tmpdir(), 'troupe store '));
    const server = await natsServer({ storeDir, jetstream: { sync_interval: 'always' } });
    await withConnection(server.url, (nc) => createStream(nc, 1));
    await server.stop();
    expect(await readdir(storeDir)).toEqual(['jetstream']);
    await using again = await natsServer({ storeDir });
    expect(await withConnection(again.url, countMessages)).toBe(0);
    await again.stop();
    await rm(storeDir, { recursive: true });
  });

  it('takes more configuration, and runs without JetStream', async () => {
    await using server = await natsServer({
      jetstream: false,
      config: 'max_payload: 1024\nhttp: "127.0.0.1:-1"',
    });
    const info = await withConnection(server.url, async (nc) => nc.info);
    expect([info?.jetstream, info?.max_payload]).toEqual([undefined, 1024]);
    expect((await fetch(`${server.monitor!}/healthz`)).status).toBe(200);
  });

  it('says in one line that the port is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    await expect(natsServer({ port })).rejects.toMatchObject({
      code: 'ADDRESS_IN_USE',
      message: `127.0.0.1:${port} is taken by another process. Stop that process or choose another port.`,
    });
    await once(holder.close(), 'close');
  });

  it('hands on the reason when the configuration is wrong or the executable is none', async () => {
    await expect(natsServer({ config: 'wibble: 3' })).rejects.toMatchObject({
      code: 'NATS_SERVER_FAILED',
      message: expect.stringMatching(
        /^nats-server stopped before it was ready: .*unknown field "wibble"$/,
      ) as string,
    });
    await expect(natsServer({ binary: '/nowhere/nats-server' })).rejects.toMatchObject({
      code: 'NATS_SERVER_FAILED',
      message: expect.stringContaining('/nowhere/nats-server could not be started') as string,
    });
  });
});

describe('a cluster of three', () => {
  it('elects a leader, survives the loss of it, and takes it back', async () => {
    await using cluster = await natsCluster();
    expect(cluster.servers.map(({ name }) => name)).toEqual(['n0', 'n1', 'n2']);
    const leader = await cluster.ready();
    await withConnection(cluster.urls, async (nc) => {
      await createStream(nc, 3);
      for (let i = 0; i < 10; i++) await nc.jetstream().publish('log', `${i}`);
    });
    await leader.kill();
    const next = await cluster.ready();
    expect(next.name).not.toBe(leader.name);
    const survivors = cluster.servers.filter(({ running }) => running);
    expect(survivors).toHaveLength(2);
    const info = await withConnection(next.url, async (nc) => (await nc.jetstreamManager()).getAccountInfo());
    expect(info.streams).toBe(1);
    await leader.restart();
    expect((await cluster.ready()).running).toBe(true);
    expect(cluster.servers.every(({ running }) => running)).toBe(true);
  });

  it('does not claim to be ready without a majority, and refuses a size that is no cluster', async () => {
    await using cluster = await natsCluster();
    const leader = await cluster.ready();
    await Promise.all(cluster.servers.filter((server) => server !== leader).map((server) => server.kill()));
    await expect(cluster.ready(1_000)).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(natsCluster(1)).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });
});

describe('the process that started a server', () => {
  const module = pathToFileURL(join(import.meta.dirname, '../support/server.ts')).href;

  /** Another process: `before`, start a server, tell us its pid, `after`. */
  async function startIn(after: string, before = '') {
    const program = `const { natsServer } = await import(${JSON.stringify(module)});
      ${before}
      const server = await natsServer();
      process.stdout.write(JSON.stringify({ pid: server.pid, port: server.port, storeDir: server.storeDir }) + '\\n');
      setInterval(() => {}, 1000);
      ${after}`;
    const args = ['--conditions=troupe-source', '--import', 'tsx', '--input-type=module', '-e', program];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const exited = once(child, 'exit');
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    return { child, exited, lines, ...(JSON.parse(line) as { pid: number; port: number; storeDir: string }) };
  }

  /**
   * Nobody listens any more. Asked of the port, not of the pid: an orphan may stay a zombie for long. SIGKILL
   * was sent before the parent ended, but the kernel may need a moment to act on it.
   */
  async function isGone(port: number): Promise<boolean> {
    const socket = connectTo(port, '127.0.0.1');
    const refused = await once(socket, 'connect').then(
      () => false,
      (error: unknown) => (error as NodeJS.ErrnoException).code === 'ECONNREFUSED',
    );
    socket.destroy();
    return refused || isGone(port);
  }

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('takes it along on %s', async (signal) => {
    const { child, exited, port, storeDir } = await startIn('');
    child.kill(signal);
    expect(await exited).toEqual([null, signal]);
    expect([await isGone(port), existsSync(storeDir)]).toEqual([true, false]);
  });

  it.each([
    ['process.exit', 'process.exit(7)', 7],
    ['an uncaught error', 'throw new Error("no")', 1],
    ['an unhandled rejection', 'void Promise.reject(new Error("no"))', 1],
  ])('takes it along on %s', async (_, after, code) => {
    const { exited, port, storeDir } = await startIn(after);
    expect(await exited).toEqual([code, null]);
    expect([await isGone(port), existsSync(storeDir)]).toEqual([true, false]);
  });

  it('leaves the first signal to a listener of its own, and ends at the second', async () => {
    const { child, exited, port, pid, lines } = await startIn(
      '',
      `process.on('SIGTERM', () => console.log('mine'));`,
    );
    child.kill('SIGTERM');
    expect(await once(lines, 'line')).toEqual(['mine']);
    expect(isAlive(pid)).toBe(true);
    child.kill('SIGTERM');
    expect(await exited).toEqual([143, null]);
    expect(await isGone(port)).toBe(true);
  });
});
