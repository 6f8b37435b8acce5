import { join } from 'node:path';
import { findServer } from '../../src/cli/nats-server/find.ts';
import { startServer, type Server } from '../../src/cli/nats-server/server.ts';
import { Worker, type Remote } from './worker.ts';

export interface LabOptions {
  /** The project's folder. */
  readonly root: string;
  /** Folder of the compiled workers. */
  readonly workers: string;
  /** Where workers write CPU profiles; undefined writes none. */
  readonly profiles: string | undefined;
  /** Progress, one line. */
  readonly note: (line: string) => void;
}

/** What benchmarks work with: processes and one nats-server, all of which `end` ends. */
export class Lab {
  readonly root: string;
  readonly note: (line: string) => void;
  /** `major.minor.patch` of the server; undefined while no benchmark has asked for one. */
  serverVersion: string | undefined;
  readonly #options: LabOptions;
  #workers: Worker<unknown>[] = [];
  #server: Promise<Server> | undefined;
  #jetstream: Promise<Server> | undefined;

  constructor(options: LabOptions) {
    this.#options = options;
    this.root = options.root;
    this.note = options.note;
  }

  /** @param flags of node, for instance `--expose-gc` */
  start<T>(name: string, flags: readonly string[] = []): Remote<T> {
    const { workers, profiles, root } = this.#options;
    const profiling =
      profiles === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${this.#profile(name)}`];
    const worker = new Worker<T>({
      file: join(workers, `${name}.js`),
      cwd: root,
      flags: [...flags, ...profiling],
    });
    this.#workers.push(worker);
    return worker.methods;
  }

  /** Address of a nats-server without JetStream that all benchmarks of this run share. */
  async nats(): Promise<string> {
    this.#server ??= this.#startServer();
    return (await this.#server).url;
  }

  /** Address of another one, with JetStream and files that end with the run. */
  async jetstream(): Promise<string> {
    this.#jetstream ??= this.#startServer(true);
    return (await this.#jetstream).url;
  }

  /** SIGKILL to a worker. */
  async kill(methods: unknown): Promise<void> {
    await this.#workers.find((worker) => worker.methods === methods)?.kill();
  }

  /** The processes that a benchmark started. */
  async endWorkers(): Promise<void> {
    const workers = this.#workers;
    this.#workers = [];
    await Promise.all(workers.map(async (worker) => worker.end()));
  }

  async end(): Promise<void> {
    await this.endWorkers();
    await (await this.#server)?.stop();
    await (await this.#jetstream)?.stop();
  }

  async #startServer(jetstream = false): Promise<Server> {
    const { path, version } = await findServer({ notice: this.note });
    this.serverVersion = version;
    return startServer({ binary: path, jetstream });
  }

  #profile = (name: string): string => `${name}-${this.#workers.length + 1}.cpuprofile`;
}
