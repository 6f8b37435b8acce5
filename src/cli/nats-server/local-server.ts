import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TroupeError } from '../../errors.ts';
import { type Child, type Exit, launch } from './child.ts';
import { bracketed, renderConfig, type ServerConfig } from './config.ts';
import type { Ward } from './reaper.ts';
import type { Server } from './server.ts';

/** Time a server gets to end by itself, in milliseconds. */
const GRACE = 10_000;

/** All it takes to start the same server once more. */
export interface Spec {
  readonly binary: string;
  /** Temporary: the configuration file, and the store when it is not kept. */
  readonly folder: string;
  readonly ward: Ward;
  readonly timeout: number;
  readonly config: ServerConfig;
}

/** Write the configuration and run it. @throws TroupeError as `launch`. */
export async function boot({ binary, folder, ward, timeout, config }: Spec): Promise<Child> {
  const configFile = join(folder, 'server.conf');
  await writeFile(configFile, renderConfig(config), { mode: 0o600 });
  return launch({ binary, configFile, ward, timeout });
}

export class LocalServer implements Server {
  readonly storeDir: string;
  readonly port: number;
  readonly url: string;
  readonly name: string | undefined;
  readonly #spec: Spec;
  readonly #release: () => void;
  #child: Child;
  #stopped = false;
  /** Calls take turns: a stop during a restart must meet the new process, not the old one. */
  #turn: Promise<void> = Promise.resolve();

  constructor(spec: Spec, storeDir: string, child: Child, release: () => void) {
    this.storeDir = storeDir;
    this.port = child.port;
    this.url = `nats://${bracketed(spec.config.host)}:${child.port}`;
    this.name = spec.config.name;
    this.#spec = { ...spec, config: { ...spec.config, port: child.port } };
    this.#release = release;
    this.#child = child;
  }

  get pid(): number {
    return this.#child.pid;
  }

  get monitor(): string | undefined {
    return this.#child.monitor;
  }

  get running(): boolean {
    return this.#spec.ward.pid !== undefined;
  }

  get exited(): Promise<Exit> {
    return this.#child.exited;
  }

  stop(): Promise<void> {
    return this.#next(async () => {
      this.#stopped = true;
      await this.#end('SIGTERM');
      await rm(this.#spec.folder, { recursive: true, force: true });
      this.#release();
    });
  }

  kill(): Promise<void> {
    return this.#next(() => this.#end('SIGKILL'));
  }

  restart(): Promise<void> {
    return this.#next(async () => {
      if (this.#stopped) {
        throw new TroupeError(
          'NATS_SERVER_STOPPED',
          `${this.url} was stopped for good. Use kill() before restart().`,
        );
      }
      await this.#end('SIGTERM');
      this.#child = await boot(this.#spec);
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #next(action: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const { pid } = this.#spec.ward;
    if (pid === undefined) return;
    process.kill(pid, signal);
    // A server that is frozen (SIGSTOP) or stuck never acts on SIGTERM.
    const force = setTimeout(() => this.running && process.kill(pid, 'SIGKILL'), GRACE);
    await this.#child.exited;
    clearTimeout(force);
  }
}
