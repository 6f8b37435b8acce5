import type { Exit } from './child.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { findServer, type FoundServer } from './find.ts';
import { type Server, startServer } from './server.ts';

export interface ServeOptions {
  /** Number of servers; 1 is a server of its own. */
  readonly cluster: number;
  readonly port: number;
  readonly store?: string;
  readonly json?: boolean;
}

export interface Output {
  /** One line for the user's eyes or program. */
  out(line: string): void;
  /** One line about what goes wrong or takes time. */
  err(line: string): void;
}

/**
 * Run servers in the foreground until a signal or until all of them are gone.
 * @returns the exit code: 0 after a signal or an orderly end, 1 when a server failed and none is left.
 * @throws TroupeError as `findServer`, `startServer` and `startCluster`.
 */
export async function serve(options: ServeOptions, output: Output): Promise<number> {
  const found = await findServer({ notice: (line) => output.err(line) });
  const group = await start(options, found);
  let stopping = false;
  const signalled = nextSignal().then(() => {
    stopping = true;
    return 0;
  });
  for (const line of report(group.servers, found, options)) output.out(line);
  const gone = group.servers.map(async (server) => {
    const exit = await server.exited;
    // Ctrl-C reaches the servers as well, perhaps before it reaches us: their orderly end is no news.
    if (!stopping && !exit.orderly) output.err(obituary(server, exit));
    return exit.orderly;
  });
  const ended = Promise.all(gone).then((all) => (all.every((orderly) => orderly) ? 0 : 1));
  const exitCode = await Promise.race([signalled, ended]);
  await group.stop();
  return exitCode;
}

async function start(
  options: ServeOptions,
  { path: binary }: FoundServer,
): Promise<Pick<Cluster, 'servers' | 'stop'>> {
  const { cluster, port, store } = options;
  const shared = { binary, port: port === 0 ? undefined : port, storeDir: store };
  const given = Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== undefined));
  if (cluster > 1) return startCluster(cluster, given);
  const server = await startServer(given);
  return { servers: [server], stop: () => server.stop() };
}

/** Listening here makes the shutdown ours; a second signal kills at once (see reaper.ts). */
function nextSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

const obituary = ({ url, pid }: Server, { code, signal, lastLine }: Exit): string =>
  `${url} (pid ${pid}) ended, ${signal ?? `exit code ${code ?? 'unknown'}`}; its last line: ${lastLine}`;

function report(servers: readonly Server[], found: FoundServer, { json, store }: ServeOptions): string[] {
  const urls = servers.map(({ url }) => url);
  if (json === true)
    return [JSON.stringify({ urls, pids: servers.map(({ pid }) => pid), version: found.version })];
  const kept = store === undefined ? 'temporary, removed at the end (keep it with --store DIR)' : store;
  return [
    `nats-server ${found.version} with JetStream is ready`,
    ...servers.map(({ url, pid, name }) => `  ${url}  pid ${pid}${name === undefined ? '' : `  ${name}`}`),
    `store    ${kept}`,
    `connect  NATS_URL=${urls.join(',')}`,
    'stop     Ctrl-C',
  ];
}
