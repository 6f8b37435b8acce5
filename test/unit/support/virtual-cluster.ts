import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Keeper } from '../../../src/actor/keeper.ts';
import type { Listener, Resident } from '../../../src/actor/resident.ts';
import { shardOf } from '../../../src/cluster/rendezvous.ts';
import { defaultLimits, type Limits } from '../../../src/limits.ts';
import { deliveredEvent, type Envelope } from '../../../src/message/envelope.ts';
import { subjectsOf } from '../../../src/message/subject.ts';
import { Node } from '../../../src/node.ts';
import { silentLogger, type Random } from '../../../src/ports.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import { counter } from '../../support/actors.ts';
import { jittery } from './jittery.ts';

/** What a virtual actor of the test is told: number `n` of what `by` says to it. */
export interface Note {
  readonly type: 'NOTE';
  readonly by: string;
  readonly n: number;
}

export interface Handled extends Note {
  readonly id: string;
  readonly at: string;
}

/** An actor came into memory while another node had it. */
export interface Double {
  readonly id: string;
  readonly nodes: readonly string[];
  /** For how long all nodes had agreed on its owner, ms. */
  readonly agreedFor: number;
}

export interface Recorder {
  readonly handled: Handled[];
  /** What must not happen, in words. */
  readonly faults: string[];
  /** Nodes that have an actor in memory. */
  readonly active: Map<string, Set<string>>;
  readonly doubles: Double[];
}

class NotingActor implements Resident {
  readonly id: string;
  readonly address: string;
  readonly logic = counter;
  waiting = 0;
  ended = false;
  snapshot: { status: 'active'; value: string; context: { n: number } } = {
    status: 'active',
    value: 'noting',
    context: { n: 0 },
  };
  readonly #keeper: NotingKeeper;
  readonly #mailbox: Envelope[] = [];
  readonly #listeners = new Set<Listener>();
  #busy = false;
  #idle: (() => void)[] = [];

  constructor(keeper: NotingKeeper, id: string) {
    this.#keeper = keeper;
    this.id = id;
    this.address = id;
  }

  handle(envelope: Envelope): boolean {
    if (this.ended) this.#keeper.world.recorder.faults.push(`${this.id} was sent something after its end`);
    this.#mailbox.push(envelope);
    this.#work();
    return true;
  }

  child(): undefined {
    return undefined;
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  stop(): void {
    this.end({ reason: 'stopped' });
  }

  end(parting: Parameters<Listener['end']>[0]): void {
    this.ended = true;
    this.#keeper.forget(this);
    for (const { end } of [...this.#listeners]) end(parting);
  }

  get isIdle(): boolean {
    return !this.#busy;
  }

  async idle(): Promise<void> {
    if (this.#busy) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** One message at a time, each takes its time: as a commit would. */
  #work(): void {
    const next = this.#busy ? undefined : this.#mailbox.shift();
    if (next === undefined) return;
    this.#busy = true;
    const { clock, random } = this.#keeper.world;
    clock.setTimeout(
      () => {
        this.#busy = false;
        if (this.ended) return;
        this.#note(deliveredEvent(next) as Note & { replyTo?: string });
        this.#work();
        if (!this.isIdle) return;
        for (const resolve of this.#idle) resolve();
        this.#idle = [];
      },
      Math.floor(random() * 4),
    );
  }

  #note({ replyTo, ...note }: Note & { replyTo?: string }): void {
    const { node, world } = this.#keeper;
    if (world.isDead(node)) return;
    world.recorder.handled.push({ ...note, id: this.id, at: node.name });
    this.snapshot = { ...this.snapshot, context: { n: this.snapshot.context.n + 1 } };
    for (const { next } of this.#listeners) next?.(this.snapshot);
    if (replyTo !== undefined) node.send(replyTo, { ...note, type: 'NOTED' });
  }
}

/** A keeper whose actors note what they are told. */
export class NotingKeeper implements Keeper {
  readonly kinds = new Set(['order']);
  readonly node: Node;
  readonly world: VirtualCluster;
  readonly acquisitions: number[] = [];
  readonly #actors = new Map<string, NotingActor>();

  constructor(world: VirtualCluster, node: Node) {
    this.world = world;
    this.node = node;
  }

  receiver(id: string): NotingActor {
    const known = this.#actors.get(id);
    if (known !== undefined) return known;
    const actor = new NotingActor(this, id);
    this.#actors.set(id, actor);
    this.node.registry.add(actor);
    this.world.activated(id, this.node);
    return actor;
  }

  has(id: string): boolean {
    return this.#actors.has(id);
  }

  async release(kind: string, shards: ReadonlySet<number>): Promise<void> {
    const leaving = [...this.#actors.values()].filter(
      ({ id }) => id.startsWith(`${kind}/`) && shards.has(shardOf(id, this.world.limits.shards)),
    );
    await Promise.all(leaving.map(async (actor) => actor.idle()));
    for (const actor of leaving) actor.end({ reason: 'moved' });
  }

  acquired(_kind: string, shards: ReadonlySet<number>): void {
    this.acquisitions.push(...shards);
  }

  get isIdle(): boolean {
    return [...this.#actors.values()].every(({ isIdle }) => isIdle);
  }

  forget(actor: NotingActor): void {
    if (!this.#actors.delete(actor.id)) return;
    this.node.registry.remove(actor);
    this.world.recorder.active.get(actor.id)?.delete(this.node.name);
  }
}

/** Whole nodes on a network and a clock of the test. */
export class VirtualCluster {
  readonly clock = virtualClock();
  readonly limits: Limits;
  readonly random: Random;
  readonly recorder: Recorder = { handled: [], faults: [], active: new Map(), doubles: [] };
  readonly nodes = new Map<string, Node>();
  readonly keepers = new Map<string, NotingKeeper>();
  readonly #network;
  readonly #sent = new Map<string, number>();
  readonly #dead = new Set<Node>();
  /** Nodes that are there, also those about to leave. */
  readonly #present = new Set<Node>();
  /** When nodes last disagreed on the owner of an actor. */
  readonly #disagreed = new Map<string, number>();

  constructor(
    random: Random,
    { limits = {}, delay = 15 }: { limits?: Partial<Limits>; delay?: number } = {},
  ) {
    this.random = random;
    this.limits = { ...defaultLimits, shards: 16, ...limits };
    this.#network = jittery(this.clock, random, delay);
  }

  /** A node comes; it knows of the others when this is over. */
  async join(name: string, hosts: boolean): Promise<Node> {
    const node = new Node({
      name,
      link: this.#network.link(name),
      subjects: subjectsOf('virtual'),
      clock: this.clock,
      random: this.random,
      log: silentLogger,
      limits: this.limits,
      onEscalated: () => undefined,
      witness: undefined,
      meter: undefined,
    });
    this.#present.add(node);
    node.membership.start();
    await this.pass(60);
    this.nodes.set(name, node);
    if (hosts) this.host(node);
    return node;
  }

  host(node: Node): NotingKeeper {
    const keeper = new NotingKeeper(this, node);
    this.keepers.set(node.name, keeper);
    node.placement.attach(keeper);
    return keeper;
  }

  /** As `system.stop()` does it. */
  async leave(node: Node): Promise<void> {
    this.nodes.delete(node.name);
    await node.placement.leave();
    while (node.pending > 0) await new Promise<void>((resolve) => void this.clock.setTimeout(resolve, 1));
    node.membership.leave();
    node.close();
    this.#present.delete(node);
    this.clock.setTimeout(() => this.#network.cut(node.name), 100);
  }

  /** The node is gone without a word. */
  kill(node: Node): void {
    this.#dead.add(node);
    this.#present.delete(node);
    this.nodes.delete(node.name);
    this.#network.cut(node.name);
    for (const nodes of this.recorder.active.values()) nodes.delete(node.name);
  }

  isDead(node: Node): boolean {
    return this.#dead.has(node);
  }

  /** The next message of one sender to one actor. */
  note(from: Node, id: string, by = from.name): Note {
    const n = (this.#sent.get(`${by} ${id}`) ?? 0) + 1;
    this.#sent.set(`${by} ${id}`, n);
    return { type: 'NOTE', by, n };
  }

  send(from: Node, id: string, by?: string): void {
    from.send(id, this.note(from, id, by));
  }

  /** Let time pass, ms, and promises come through. */
  async pass(ms: number): Promise<void> {
    for (let i = 0; i < ms; i++) {
      this.clock.advance(1);
      for (const id of this.recorder.active.keys())
        if (!this.#agree(id)) this.#disagreed.set(id, this.clock.now());
      await nextTurn();
    }
  }

  /** Let time pass until something holds; fails after a minute of the test's clock. */
  async until(isDone: () => boolean): Promise<void> {
    const deadline = this.clock.now() + 60_000;
    while (!isDone()) {
      if (this.clock.now() > deadline) throw new Error('it does not come to rest');
      await this.pass(5);
    }
  }

  /** Nothing is under way, nobody is about to leave, and all views agree. */
  get isQuiet(): boolean {
    const present = [...this.#present];
    const names = present.map(({ name }) => name);
    return (
      present.length === this.nodes.size &&
      present.every(({ pending, membership }) => pending === 0 && names.length === membership.size + 1) &&
      [...this.keepers.values()].every((keeper) => this.#dead.has(keeper.node) || keeper.isIdle)
    );
  }

  activated(id: string, node: Node): void {
    const nodes = this.recorder.active.get(id) ?? new Set<string>();
    this.recorder.active.set(id, nodes.add(node.name));
    const agreedFor = this.#agree(id) ? this.clock.now() - (this.#disagreed.get(id) ?? 0) : 0;
    if (nodes.size > 1) this.recorder.doubles.push({ id, nodes: [...nodes], agreedFor });
  }

  /** Everything that was said, by sender and actor, and how far it was handled in order. */
  missing(): readonly string[] {
    const next = new Map<string, number>();
    const wrong: string[] = [];
    for (const { by, id, n, at } of this.recorder.handled) {
      const expected = (next.get(`${by} ${id}`) ?? 0) + 1;
      if (n !== expected) wrong.push(`${id} at ${at} took ${by}'s ${n} instead of ${expected}`);
      next.set(`${by} ${id}`, Math.max(n, expected - 1));
    }
    for (const [way, sent] of this.#sent)
      if ((next.get(way) ?? 0) !== sent) wrong.push(`${way}: ${next.get(way) ?? 0} of ${sent}`);
    return wrong;
  }

  #agree(id: string): boolean {
    return new Set([...this.#present].map((node) => node.placement.owner(id))).size === 1;
  }
}
