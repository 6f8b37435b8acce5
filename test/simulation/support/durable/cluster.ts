import { createSystem } from '../../../../src/create.ts';
import { memory } from '../../../../src/durable/memory/store.ts';
import type { Journal, Store } from '../../../../src/durable/store.ts';
import type { Limits } from '../../../../src/limits.ts';
import type { Logger } from '../../../../src/ports.ts';
import type { HostOptions } from '../../../../src/options.ts';
import type { Logic } from '../../../../src/actor/logic.ts';
import type { System } from '../../../../src/system.ts';
import { silentLogger } from '../../../../src/ports.ts';
import { localNetwork } from '../../../../src/transport/local.ts';
import { faultyStore, noStoreFaults, type StoreFaults } from './faulty-store.ts';
import { Network } from './network.ts';
import type { Process } from './process.ts';
import { World } from './world.ts';

export interface Hosting {
  readonly logic: Logic;
  readonly options?: HostOptions<Logic>;
}

/** The virtual actors of every node, by kind, for one process: what they do outside goes through it. */
export type Kinds = (process: Process, world: World) => Readonly<Record<string, Hosting>>;

export interface ClusterOptions {
  readonly seed: number;
  readonly kinds: Kinds;
  readonly limits?: Partial<Limits>;
  /** A store that has something wrong with it, to show that a test can fail. */
  readonly store?: Store;
}

export interface Node {
  readonly process: Process;
  readonly system: System;
}

const SYSTEM = 'sim';
const HISTORY = 1_000_000;
export const SHARDS = 8;

/** Bounds that make a run short, and keep all that was ever stored. */
const limitsOf = (chosen: Partial<Limits> = {}): Partial<Limits> => ({
  shards: SHARDS,
  idle: 2_000,
  history: HISTORY,
  ...chosen,
});

/** Whole systems over one network and one store, in a world. */
export class Cluster {
  readonly world: World;
  readonly network: Network;
  readonly nodes: Node[] = [];
  storeFaults: StoreFaults = noStoreFaults;
  readonly #options: ClusterOptions;
  readonly #store: Store;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.world = new World(options.seed);
    this.network = new Network(this.world, localNetwork());
    this.#store = options.store ?? memory();
  }

  /** A node that hosts all kinds. If its process is killed meanwhile it never comes to be. */
  async start(name: string): Promise<Node> {
    const node = await this.#create(name);
    this.nodes.push(node);
    const kinds = this.#options.kinds(node.process, this.world);
    for (const [kind, { logic, options }] of Object.entries(kinds))
      await node.system.host(kind, logic, options as HostOptions<Logic>);
    return node;
  }

  /** A node that hosts nothing. */
  async client(name: string): Promise<Node> {
    return this.#create(name);
  }

  kill(node: Node): void {
    this.world.kill(node.process);
    this.#forget(node);
  }

  /** A goodbye in order. */
  async leave(node: Node): Promise<void> {
    this.world.note(node.process, 'leaves');
    this.#forget(node);
    await node.system.stop();
    this.world.kill(node.process);
  }

  /** Those that are left after a kill that came from the plan. */
  get alive(): readonly Node[] {
    return this.nodes.filter(({ process }) => process.state !== 'dead');
  }

  /** What is stored, without any fault. */
  async journal(): Promise<Journal> {
    const { shards = 0, history = 0 } = limitsOf(this.#options.limits);
    const { clock } = this.world.outside;
    return this.#store.open({ system: SYSTEM, clock, log: silentLogger, timeout: 1_000, shards, history });
  }

  async #create(name: string): Promise<Node> {
    const process = this.world.add(name);
    const system = await createSystem({
      name: SYSTEM,
      node: name,
      transport: this.network.transport(process),
      store: faultyStore(this.#store, process, this.world, () => this.storeFaults),
      clock: process.clock,
      random: this.world.randomOf(),
      log: this.#logger(process),
      limits: limitsOf(this.#options.limits),
    });
    return { process, system };
  }

  #logger(process: Process): Logger {
    const say =
      (level: string) =>
      (message: string, fields: Readonly<Record<string, unknown>> = {}): void =>
        this.world.note(process, `${level}: ${message} ${textOf(fields)}`);
    return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  }

  #forget(node: Node): void {
    const at = this.nodes.indexOf(node);
    if (at >= 0) this.nodes.splice(at, 1);
  }
}

const textOf = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}=${value instanceof Error ? value.message : String(value)}`)
    .join(' ');
