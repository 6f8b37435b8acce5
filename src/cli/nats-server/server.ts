import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Exit } from './child.ts';
import type { ClusterConfig, ServerConfig, Settings } from './config.ts';
import { findServer } from './find.ts';
import { boot, LocalServer, type Spec } from './local-server.ts';
import { guard, type Ward } from './reaper.ts';

export interface ServerOptions {
  /** Path of the executable. Default: what `findServer` finds. */
  readonly binary?: string;
  /** Default 127.0.0.1: reachable from this machine only. */
  readonly host?: string;
  /** Default: any free port. */
  readonly port?: number;
  /** JetStream's folder; kept on `stop`. Default: a temporary one, removed on `stop`. */
  readonly storeDir?: string;
  /** `false` turns JetStream off; an object adds fields to its block (`{ sync_interval: 'always' }`). Default true. */
  readonly jetstream?: boolean | Settings;
  /** More configuration in nats-server's own language. It must not set `log_file`. */
  readonly config?: string;
  /** `server_name`. Default: the server invents one. */
  readonly name?: string;
  /** Membership of a cluster; `startCluster` fills it in. */
  readonly cluster?: ClusterConfig;
  /** Milliseconds until the server must be ready. Default 30 000. */
  readonly timeout?: number;
}

/** A nats-server process of ours. It does not outlive this process, however that ends short of SIGKILL. */
export interface Server extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Of the current process: changes with `restart`. */
  readonly pid: number;
  readonly storeDir: string;
  readonly name: string | undefined;
  /** Address of the HTTP monitor; present in a cluster, or when `config` asks for one. */
  readonly monitor: string | undefined;
  readonly running: boolean;
  /** Resolves when the current process is gone, for whatever reason. */
  readonly exited: Promise<Exit>;
  /** SIGTERM, wait for the exit (SIGKILL after 10 s), remove what is temporary. Final; may be called twice. */
  stop(): Promise<void>;
  /** SIGKILL, wait for the exit. The store stays, for `restart`. */
  kill(): Promise<void>;
  /** Start again on the same port and store; first ends the process with SIGTERM if it runs. */
  restart(): Promise<void>;
}

/**
 * Start a nats-server and wait until it takes connections.
 * @throws TroupeError NATS_SERVER_MISSING, ADDRESS_IN_USE, NATS_SERVER_FAILED or TIMEOUT.
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const binary = options.binary ?? (await findServer()).path;
  const folder = await mkdtemp(join(tmpdir(), 'troupe-nats-'));
  const ward: Ward = { folder };
  const release = guard(ward);
  const spec: Spec = {
    binary,
    folder,
    ward,
    timeout: options.timeout ?? 30_000,
    config: configOf(options, folder),
  };
  try {
    return new LocalServer(spec, storeOf(options, folder), await boot(spec), release);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    release();
    throw error;
  }
}

const storeOf = (options: ServerOptions, folder: string): string =>
  resolve(options.storeDir ?? join(folder, 'store'));

function configOf(options: ServerOptions, folder: string): ServerConfig {
  const { host = '127.0.0.1', port = -1, jetstream = true, name, cluster, config } = options;
  const settings = typeof jetstream === 'object' ? jetstream : {};
  return {
    host,
    port,
    ...(jetstream === false ? {} : { jetstream: { store_dir: storeOf(options, folder), ...settings } }),
    ...(name === undefined ? {} : { name }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(config === undefined ? {} : { extra: config }),
  };
}
