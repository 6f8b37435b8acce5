import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createSystem } from 'troupe';
import { nats } from 'troupe/nats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { ShopEvent } from '../../examples/order-processing/events.ts';
import type { ledger } from '../../examples/order-processing/machines/ledger.ts';
import type { Report, StyleReport } from '../../examples/order-processing/report.ts';
import { natsCluster, natsServer } from '../support/server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const node = ['--conditions=troupe-source', '--import', 'tsx'];
const main = 'examples/order-processing/main.ts';

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const start = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, [...args], { cwd: root, env: { ...process.env, NATS_URL: '', ...env } });

async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  const child = start(args, env);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, out, err };
}

async function report(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Report> {
  const { code, out, err } = await run(args, env);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Report;
}

/** The processes that a process has started, and those that they have started: five services, `troupe nats`, nats-server. */
function descendants(pid: number): number[] {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = all.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const children = (parent: number): number[] =>
    pairs.filter(([, ppid]) => ppid === parent).flatMap(([child]) => [child, ...children(child)]);
  return children(pid);
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** What must be true of every run, whatever the machine was busy with meanwhile. */
function expectSound(style: StyleReport): void {
  const rejected = Object.values(style.rejected).reduce((sum, count) => sum + count, 0);
  expect(style).toMatchObject({ orders: 240, unfinished: 0, problems: [], conserved: true });
  expect(style.confirmed + rejected).toBe(240);
  expect(style.rejected).toMatchObject({ CARD_DECLINED: 22 });
  expect(Object.keys(style.rejected)).toEqual(['CARD_DECLINED', 'INSUFFICIENT_FUNDS', 'OUT_OF_STOCK']);
  expect(style.compensated).toBe(style.rejected['OUT_OF_STOCK']);
  expect(style.breakerOpenings).toBeGreaterThanOrEqual(1);
  expect(style.restarts).toBe(1);
}

describe('the order system', () => {
  it('processes the file in one process, in all three styles, though the payment service dies in each', async () => {
    const both = await report([...node, main, '--json']);
    expect(both).toMatchObject({ mode: 'in-process', killed: 0, conserved: true });
    expect(both.styles.map(({ style }) => style)).toEqual(['orchestrated', 'choreographed']);
    for (const style of both.styles) expectSound(style);
    const { styles } = await report([...node, main, '--json', '--style', 'workflow']);
    expect(styles.map(({ style }) => style)).toEqual(['workflow']);
    expectSound(styles[0]!);
  });

  it('processes it over NATS with a process for each service, one of which is killed in each style', async () => {
    const both = await report([...node, main, '--nats', '--json']);
    expect(both).toMatchObject({ mode: 'nats', killed: 2, conserved: true });
    expect(both.styles.map(({ style }) => style)).toEqual(['orchestrated', 'choreographed']);
    for (const style of both.styles) expectSound(style);
  });

  it('prints a table and plain progress where there is no terminal', async () => {
    const { code, out, err } = await run([...node, main, '--style', 'orchestrated']);
    expect(code).toBe(0);
    expect(err).toMatch(/^inspector: http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+\n$/);
    expect(out).toMatch(
      /^orchestrated 0\.0 s \| waiting 240, charging 0, .* \| breaker closed \| 0 messages\/s$/m,
    );
    expect(out).toMatch(/^money and goods +conserved$/m);
    expect(out).not.toContain('\x1b');
  });

  it('says what is missing and ends with code 1 when somebody helps himself to the ledger', async () => {
    await using server = await natsServer();
    const options = { name: 'order-processing', node: 'thief', transport: nats({ servers: server.url }) };
    await using thief = await createSystem(options);
    thief.subscribe<ShopEvent>('order.confirmed', ({ ticket: { run: books } }) =>
      thief
        .ref<typeof ledger>(`ledger/${books}`)
        .send({ type: 'CHARGE', order: 'theft', customer: 'alice', amount: 7 }),
    );
    const args = [...node, main, '--nats', '--json', '--style', 'choreographed'];
    const { code, out } = await run(args, { NATS_URL: server.url });
    const { conserved, styles } = JSON.parse(out) as Report;
    expect({ code, conserved }).toEqual({ code: 1, conserved: false });
    expect(styles[0]?.problems).toEqual([
      expect.stringMatching(/^alice has \d+ cents instead of \d+\.$/),
      expect.stringMatching(/^The merchant has \d+ cents instead of \d+\.$/),
    ]);
  });

  it('leaves no process behind when it is ended', async () => {
    const child = start([...node, main, '--nats', '--style', 'orchestrated', '--no-inspect']);
    const gone = once(child, 'exit');
    const lines = createInterface(child.stdout!);
    await once(lines, 'line');
    const family = descendants(child.pid!);
    expect(family).toHaveLength(7);
    child.kill('SIGTERM');
    expect((await gone)[0]).toBe(143);
    await expect.poll(() => family.filter(isAlive), { timeout: 20_000 }).toEqual([]);
  });

  it.each([
    [['--nope'], 2, /^order-processing: Unknown option '--nope'/],
    [['--style', 'waltz'], 2, /^order-processing: --style is "waltz"; /],
    [['--orders', 'no-such-file'], 1, /^order-processing: The orders file "no-such-file" cannot be read/],
    [['--orders', 'package.json'], 1, /^order-processing: package\.json:1: /],
  ])('refuses %j in one line', async (args, code, message) => {
    const ended = await run([...node, main, ...args]);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err).toMatch(message);
    expect(ended.err.trim().split('\n')).toHaveLength(1);
  });

  it('starts no service of a name that does not exist', async () => {
    await using server = await natsServer();
    const ended = await run([...node, 'examples/order-processing/service.ts', 'paymint'], {
      NATS_URL: server.url,
    });
    expect(ended).toMatchObject({ code: 2, out: '' });
    expect(ended.err).toContain(
      'paymint is no service; choose one of books, bank, payment, inventory, orders.',
    );
  });
});

interface Container {
  readonly image?: string;
  readonly build?: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
}

const containers = Object.entries(
  (
    parse(readFileSync(`${root}/docker-compose.yml`, 'utf8'), { merge: true }) as {
      readonly services: Readonly<Record<string, Container>>;
    }
  ).services,
);
const brokers = containers.filter(([, { image }]) => image !== undefined);
const ours = containers.filter(([, { build }]) => build !== undefined);
const entrypoint = JSON.parse(
  /^ENTRYPOINT (.*)$/m.exec(readFileSync(`${root}/Dockerfile`, 'utf8'))?.[1] ?? '[]',
) as readonly string[];

describe('docker-compose.yml', () => {
  it('has three NATS servers that are one cluster, with JetStream and a health check', () => {
    expect(brokers.map(([name]) => name)).toEqual(['nats-1', 'nats-2', 'nats-3']);
    const routes = '--routes=nats://nats-1:6222,nats://nats-2:6222,nats://nats-3:6222';
    for (const [name, { image, command, healthcheck }] of brokers) {
      expect(image).toBe('nats:2.12-alpine');
      expect(command).toEqual(
        expect.arrayContaining([`--name=${name}`, '--jetstream', '--http_port=8222', routes]),
      );
      expect(healthcheck?.test.at(-1)).toBe('http://127.0.0.1:8222/healthz');
    }
  });

  it('has a container for each service that waits for a healthy cluster and runs a file that exists', () => {
    expect(ours.map(([name]) => name)).toEqual(['books', 'bank', 'payment', 'inventory', 'orders', 'shop']);
    const healthy = Object.fromEntries(brokers.map(([name]) => [name, { condition: 'service_healthy' }]));
    for (const [, { command, environment, depends_on: needs }] of ours) {
      expect(needs).toEqual(healthy);
      expect(environment?.['NATS_URL']).toBe('nats://nats-1:4222,nats://nats-2:4222,nats://nats-3:4222');
      expect(existsSync(`${root}/${command[0] ?? ''}`)).toBe(true);
    }
  });

  it('works: its very commands, over three servers of this machine', async () => {
    await using cluster = await natsCluster(3);
    const env = { NATS_URL: cluster.servers.map(({ url }) => url).join(',') };
    expect(entrypoint[0]).toBe('node');
    const args = (command: readonly string[]): readonly string[] => [...entrypoint.slice(1), ...command];
    const services = ours.filter(([name]) => name !== 'shop');
    const children = services.map(([, { command }]) => start(args(command), env));
    try {
      const shop = new Map(ours).get('shop')!;
      const both = await report([...args(shop.command), '--json'], env);
      expect(both).toMatchObject({ mode: 'nats', killed: 0, conserved: true });
      for (const style of both.styles) expectSound(style);
    } finally {
      const gone = children.map(async (child) => once(child, 'exit'));
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(gone);
    }
  });
});
