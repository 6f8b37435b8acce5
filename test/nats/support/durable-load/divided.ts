import { setTimeout as pause } from 'node:timers/promises';
import { freePorts } from '../../../../src/cli/nats-server/free-ports.ts';
import type { Server } from '../../../../src/cli/nats-server/server.ts';
import { natsServer } from '../../../support/server.ts';
import { proxyTo, type Proxy } from '../proxy.ts';

/** Three clustered servers whose ways to each other go through proxies, one for each direction. */
export interface Divided extends AsyncDisposable {
  readonly servers: readonly Server[];
  readonly urls: readonly string[];
  /** Nothing comes to that server from the others any more, nor to them from it; no connection closes. */
  isolate(server: Server): void;
  heal(): void;
}

const SIZE = 3;
const HOST = '127.0.0.1';
const indices = Array.from({ length: SIZE }, (_, i) => i);

export async function dividedCluster(): Promise<Divided> {
  const ports = await freePorts(SIZE, HOST);
  // bridges[i][j]: how i reaches j
  const bridges: readonly (readonly Proxy[])[] = await Promise.all(
    indices.map(async () => Promise.all(ports.map(async (port) => proxyTo(port)))),
  );
  const servers = await Promise.all(
    indices.map(async (i) => natsServer({ name: `n${i}`, config: configOf(i, ports, bridges[i]!) })),
  );
  await formed(servers);
  const between = (i: number, j: number): Proxy => bridges[i]![j]!;
  return {
    servers,
    urls: servers.map(({ url }) => url),
    isolate(server) {
      const alone = servers.indexOf(server);
      for (const other of indices)
        if (other !== alone)
          for (const each of [between(alone, other), between(other, alone)]) each.blackhole();
    },
    heal: () => {
      for (const each of bridges.flat()) if (each.silent) each.heal();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map(async (server) => server.stop()));
      await Promise.all(bridges.flat().map(async (each) => each[Symbol.asyncDispose]()));
    },
  };
}

/** Without a pool of connections and without advertising: servers of 2.10 and later otherwise find ways around the proxies. */
function configOf(i: number, ports: readonly number[], to: readonly Proxy[]): string {
  const routes = indices.filter((j) => j !== i).map((j) => `"${to[j]!.url.replace('nats:', 'nats-route:')}"`);
  return [
    `http: "${HOST}:-1"`,
    'cluster {',
    '  name: divided',
    `  listen: "${HOST}:${ports[i]}"`,
    '  no_advertise: true',
    '  pool_size: -1',
    `  routes: [${routes.join(', ')}]`,
    '}',
  ].join('\n');
}

const PATIENCE = 30_000;

/** Resolves when they have a meta leader, and all have heard of it. */
async function formed(servers: readonly Server[]): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const seen = await Promise.all(servers.map(leaderSeenBy));
    if (seen.every((leader) => leader !== undefined && leader === seen[0])) return;
    if (Date.now() > deadline) throw new Error(`no cluster after ${PATIENCE} ms: ${seen.join(', ')}`);
    await pause(50);
  }
}

async function leaderSeenBy({ monitor }: Server): Promise<string | undefined> {
  const found = await fetch(`${monitor}/jsz`).then(
    async (response) =>
      response.json() as Promise<{ meta_cluster?: { leader?: string; cluster_size?: number } }>,
    () => undefined,
  );
  const { leader, cluster_size: size } = found?.meta_cluster ?? {};
  return size === SIZE ? leader : undefined;
}
