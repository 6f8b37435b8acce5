import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isTroupeError, TroupeError } from '../../errors.ts';
import { findServer } from './find.ts';
import { freePorts } from './free-ports.ts';
import { metaLeader, outsiders } from './quorum.ts';
import { type Server, type ServerOptions, startServer } from './server.ts';

export interface ClusterOptions extends Pick<
  ServerOptions,
  'binary' | 'host' | 'jetstream' | 'config' | 'timeout'
> {
  /** Cluster name. Default `troupe`. The servers are `n0`, `n1`, and so on. */
  readonly name?: string;
  /** Client port of the first server; the others follow. Default: free ports. */
  readonly port?: number;
  /** Parent of the servers' stores (`n0`, `n1`, …); kept on `stop`. Default: temporary ones. */
  readonly storeDir?: string;
}

export interface Cluster extends AsyncDisposable {
  readonly servers: readonly Server[];
  readonly urls: readonly string[];
  /**
   * Wait until the servers that run are one cluster, and resolve with their JetStream meta leader. Call it
   * again after `kill` or `restart` of a member. `timeout` in milliseconds; default that of the options.
   * @throws TroupeError TIMEOUT, for instance while a majority is dead.
   */
  ready(timeout?: number): Promise<Server>;
  stop(): Promise<void>;
}

const ATTEMPTS = 3;
/** Milliseconds between two looks at the cluster. */
const LOOK_EVERY = 25;
/** Milliseconds a first election may take; past 5 s only when it went wrong. */
const PATIENCE = 6_000;

/**
 * Start `size` clustered JetStream servers on this machine and wait until all routes and a meta leader exist.
 * @throws TroupeError as `startServer`, and INVALID_OPTION for a size below 2.
 */
export async function startCluster(size: number, options: ClusterOptions = {}): Promise<Cluster> {
  if (!Number.isInteger(size) || size < 2) {
    throw new TroupeError(
      'INVALID_OPTION',
      `A cluster of ${size} servers cannot be. Ask for 2 or more, 3 survive the loss of one.`,
    );
  }
  const timeout = options.timeout ?? 30_000;
  const servers = await startAll(size, { ...options, binary: options.binary ?? (await findServer()).path });
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
  };
  const ready = (within = timeout): Promise<Server> => untilReady(servers, within);
  try {
    await form(servers, timeout);
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, urls: servers.map(({ url }) => url), ready, stop, [Symbol.asyncDispose]: stop };
}

/** Route ports must be known before anything runs, so they can be lost to somebody else: then again with others. */
async function startAll(size: number, options: ClusterOptions): Promise<readonly Server[]> {
  for (let attempt = 1; ; attempt++) {
    const routes = await freePorts(size, options.host ?? '127.0.0.1');
    const started = await Promise.allSettled(
      routes.map((_, i) => startServer(memberOptions(i, routes, options))),
    );
    const failure = started.find((result) => result.status === 'rejected');
    const servers = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (failure === undefined) return servers;
    await Promise.all(servers.map((server) => server.stop()));
    if (attempt === ATTEMPTS || !lostRoutePort(failure.reason, routes)) throw failure.reason;
  }
}

/**
 * The first election. Servers 2.10 now and then elect a leader for a group that lacks one of them, for good
 * (measured on 2.10.27: 9 of 131 starts); the one left out joins when it is started again (9 of 9).
 */
async function form(servers: readonly Server[], timeout: number): Promise<void> {
  const leader = await untilReady(servers, Math.min(PATIENCE, timeout)).catch(() => undefined);
  if (leader !== undefined) return;
  const leftOut = await outsiders(servers, AbortSignal.timeout(timeout));
  await Promise.all(leftOut.map((server) => server.restart()));
  await untilReady(servers, timeout);
}

function lostRoutePort(error: unknown, routes: readonly number[]): boolean {
  if (!isTroupeError(error) || error.code !== 'ADDRESS_IN_USE') return false;
  const { address } = error.data as { address: string };
  return routes.some((port) => address.endsWith(`:${port}`));
}

function memberOptions(index: number, routes: readonly number[], options: ClusterOptions): ServerOptions {
  const { name: cluster = 'troupe', port, storeDir, ...shared } = options;
  const name = `n${index}`;
  return {
    ...shared,
    name,
    cluster: { name: cluster, port: routes[index] ?? -1, routes },
    ...(port === undefined ? {} : { port: port + index }),
    ...(storeDir === undefined ? {} : { storeDir: join(storeDir, name) }),
  };
}

async function untilReady(servers: readonly Server[], timeout: number): Promise<Server> {
  const signal = AbortSignal.timeout(timeout);
  for (;;) {
    const leader = await metaLeader(servers, signal);
    if (leader !== undefined) return leader;
    if (signal.aborted) throw notReady(servers, timeout);
    await pause(LOOK_EVERY);
  }
}

function notReady(servers: readonly Server[], timeout: number): TroupeError {
  const running = servers.filter((server) => server.running).length;
  return new TroupeError(
    'TIMEOUT',
    `The cluster has no meta leader after ${timeout} ms; ${running} of ${servers.length} servers run, a majority must.`,
  );
}
