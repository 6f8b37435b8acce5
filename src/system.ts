import { Cell } from './actor/cell.ts';
import type { DeadLetter } from './actor/dead-letters.ts';
import type { Ending } from './actor/host.ts';
import type { InputOf, Logic } from './actor/logic.ts';
import { createRef, type Ref, type Subscription } from './actor/ref.ts';
import { checkSupervision, type Supervision } from './actor/supervision.ts';
import { MAX_INSTANCES, type ActorRow } from './cluster/control.ts';
import type { Member } from './cluster/membership.ts';
import type { Handler } from './coordination/bus.ts';
import { checkKnown, TroupeError } from './errors.ts';
import type { Limits } from './limits.ts';
import { checkId, parseAddress, type Address } from './message/address.ts';
import type { Message } from './message/envelope.ts';
import { subjectsOf } from './message/subject.ts';
import type {
  CommonSpawnOptions,
  Arguments,
  HostHandle,
  HostOptions,
  ServeOptions,
  ServiceHandle,
  SpawnOptions,
  SystemStats,
} from './options.ts';
import { checkDurability, checkDurableSpawn, checkHosting, checkKey, checkKind } from './durable-options.ts';
import type { Node } from './node.ts';
import { readCommit, readHistory, type HistoryEntry, type StoredCommit } from './durable/history/history.ts';
import { WorkQueues } from './queues.ts';
import type { Queue } from './coordination/queue/queue.ts';
import type { QueueOptions } from './coordination/queue/options.ts';
import type { Link } from './transport/transport.ts';

/** One node of an actor system. Make it with `createSystem`. */
export class System {
  readonly name: string;
  readonly #node: Node;
  readonly #link: Link;
  readonly #limits: Limits;
  readonly #queues: WorkQueues;
  #anonymous = 0;
  #stopping: Promise<void> | undefined;

  /** @internal */
  constructor(name: string, node: Node, link: Link, limits: Limits) {
    this.name = name;
    this.#node = node;
    this.#link = link;
    this.#limits = limits;
    this.#queues = new WorkQueues(node);
  }

  /** This node's own name, unique in the cluster: what stands after `@` in addresses. */
  get node(): string {
    return this.#node.name;
  }

  /**
   * Start an actor.
   * @throws TroupeError INVALID_ADDRESS, DUPLICATE_ID (also when another node has it), SYSTEM_STOPPED
   */
  async spawn<TLogic extends Logic>(
    logic: TLogic,
    ...[options]: Arguments<TLogic, SpawnOptions<TLogic>>
  ): Promise<Ref<TLogic>> {
    this.#assertRunning();
    const { durable = false, ...live } = (options ?? {}) as SpawnOptions<Logic>;
    if (durable !== false) return this.#spawnDurable(logic, live, durable === true ? {} : durable);
    const { id, parent: parentRef, ...common } = live;
    const parent = parentRef === undefined ? undefined : this.#parent(parentRef);
    const name = id === undefined ? `~${++this.#anonymous}` : checkId(id);
    const full = parent === undefined ? name : `${parent.spec.id}/${name}`;
    const isPinned = id === undefined || parent?.address.includes('@') === true;
    this.#check(logic, common);
    await this.#claim(full, isPinned);
    const cell = this.#start(logic, full, isPinned ? `${full}@${this.node}` : full, common, parent);
    for (const pattern of cell.ended ? [] : (common.subscribe ?? [])) {
      const stop = this.#node.bus.subscribe(pattern, (envelope) => this.#node.hand(cell, envelope));
      cell.listen({ end: stop });
    }
    return createRef<TLogic>(this.#node, cell.address);
  }

  /**
   * Answer for a name that many may answer for, on this and other nodes: messages to it go to the instances in turn, and of the bus events
   * it subscribes to, each goes to one instance in the cluster.
   * @throws TroupeError INVALID_ADDRESS, INVALID_OPTION, DUPLICATE_ID, SYSTEM_STOPPED
   */
  async serve<TLogic extends Logic>(
    name: string,
    logic: TLogic,
    ...[options]: Arguments<TLogic, ServeOptions<TLogic>>
  ): Promise<ServiceHandle> {
    this.#assertRunning();
    const { instances = 1, ...common } = (options ?? {}) as ServeOptions<Logic>;
    if (!Number.isInteger(instances) || instances < 1 || instances > MAX_INSTANCES) {
      throw new TroupeError('INVALID_OPTION', `instances must be 1 to ${MAX_INSTANCES}, got ${instances}.`);
    }
    this.#check(logic, common);
    if (this.#node.services.has(checkId(name))) throw duplicate(name, this.node);
    await this.#claimServiceName(name);
    if (this.#node.services.has(name)) throw duplicate(name, this.node);
    const cells = Array.from({ length: instances }, (_, i) => this.#instance(name, i + 1, logic, common));
    this.#servicesChanged();
    const stops = (common.subscribe ?? []).map((pattern) => this.#subscribeService(name, pattern));
    // Without instances here, this node's share of the events belongs to the instances elsewhere.
    const leaveBus = (): void => {
      if (!this.#node.services.has(name)) for (const each of stops) each();
    };
    for (const cell of cells) if (!cell.ended) cell.listen({ end: leaveBus });
    leaveBus();
    const stop = async (): Promise<void> => {
      for (const each of stops) each();
      for (const cell of cells) cell.stop();
      return Promise.resolve();
    };
    return { name, instances: cells.map(({ address }) => createRef(this.#node, address)), stop };
  }

  /**
   * Host a kind of virtual actors: there is one for every key, `kind/key`, somewhere in the cluster, whether it was ever heard of or not.
   * The first message brings it into memory, on one of the nodes that host its kind; it is kept in the store, leaves memory when idle, and
   * is taken over when its node dies.
   * @throws TroupeError NO_STORE, INVALID_ADDRESS, INVALID_OPTION, DUPLICATE_ID, SYSTEM_STOPPED
   */
  async host<TLogic extends Logic>(
    kind: string,
    logic: TLogic,
    ...[options]: undefined extends InputOf<TLogic>
      ? [options?: HostOptions<TLogic>]
      : [options: HostOptions<TLogic>]
  ): Promise<HostHandle<TLogic>> {
    this.#assertRunning();
    const {
      input,
      supervision = NO_SUPERVISION,
      idle = this.#limits.idle,
      ...durable
    } = (options ?? {}) as HostOptions<Logic>;
    this.#check(logic, { supervision });
    checkHosting({ idle, input });
    const durability = checkDurability(logic, durable, 'hosting virtual actors');
    this.#node.durables.host(checkKind(kind), {
      input: (input ?? (() => undefined)) as (key: string) => unknown,
      supervision,
      idle,
      ...durability,
    });
    return { kind, ref: (key) => this.ref<TLogic>(`${kind}/${checkKey(key)}`) };
  }

  /**
   * A named work queue of the system's store, made if it is not there.
   * @throws TroupeError NO_STORE, INVALID_OPTION, STORE_MISMATCH, STORE_UNAVAILABLE, STORE_DENIED, SYSTEM_STOPPED
   */
  async queue<TEvent extends Message = Message>(
    name: string,
    options: QueueOptions = {},
  ): Promise<Queue<TEvent>> {
    this.#assertRunning();
    return this.#queues.open<TEvent>(name, options);
  }

  /**
   * The commits of a durable actor that are kept (`limits.history`), oldest first, whether it is in memory or not. One that cannot be read says so.
   * @throws TroupeError NO_STORE; while it is read: INVALID_ADDRESS, NO_SUCH_ACTOR when nothing is stored of it, STORE_UNAVAILABLE
   */
  history(address: Address): AsyncIterable<HistoryEntry> {
    return readHistory(this.#node.durables.journal, address);
  }

  /** A durable actor after that commit. @throws TroupeError NO_SUCH_COMMIT, CORRUPTED, and as `history` */
  async historyAt(address: Address, number: number): Promise<StoredCommit> {
    return readCommit(this.#node.durables.journal, address, number);
  }

  /**
   * A typed reference to an actor or service anywhere in the cluster. It need not exist yet.
   * @throws TroupeError INVALID_ADDRESS
   */
  ref<TLogic extends Logic = Logic>(address: Address): Ref<TLogic> {
    parseAddress(address);
    return createRef<TLogic>(this.#node, address);
  }

  /**
   * Publish an event on the bus.
   * @throws TroupeError INVALID_EVENT, UNSERIALIZABLE, PAYLOAD_TOO_LARGE, SYSTEM_STOPPED
   */
  publish<TEvent extends Message>(event: TEvent): void {
    this.#node.publish(event);
  }

  /**
   * Call a handler for every event of the bus whose type a pattern covers: `order.created`, `order.*`, `order.>`, `>`.
   * @param options.group of the handlers that share a group, on all nodes, one gets each event
   * @throws TroupeError INVALID_EVENT when the pattern is none
   */
  subscribe<TEvent extends Message = Message & Readonly<Record<string, unknown>>>(
    pattern: string,
    handler: Handler<TEvent>,
    options: { readonly group?: string } = {},
  ): Subscription {
    return { unsubscribe: this.#node.bus.handle(pattern, handler, options.group) };
  }

  /** Be told, once, how an actor ended; also when its node dies. */
  watch(address: Address, listener: (ending: Ending) => void): Subscription {
    return this.ref(address).watch(listener);
  }

  /** The last messages that could not be delivered, oldest first. */
  deadLetters(): readonly DeadLetter[] {
    return this.#node.letters.list();
  }

  onDeadLetter(listener: (letter: DeadLetter) => void): Subscription {
    return { unsubscribe: this.#node.onDeadLetter(listener) };
  }

  /** The other nodes, as last heard of. */
  members(): readonly Member[] {
    return this.#node.membership.all();
  }

  /** The actors of all nodes. */
  async actors(options: { readonly timeout?: number } = {}): Promise<readonly ActorRow[]> {
    return this.#node.list(options.timeout ?? 1_000);
  }

  stats(): SystemStats {
    return {
      ...this.#node.counts(),
      actors: this.#node.registry.size,
      members: this.#node.membership.size,
      pending: this.#node.pending,
      deadLetters: this.#node.letters.counts(),
    };
  }

  /** Stop all actors of this node, let what was said arrive (at most `limits.drain`), say goodbye and disconnect. */
  async stop(): Promise<void> {
    return (this.#stopping ??= this.#stop());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    const { registry, membership, clock, placement, durables } = this.#node;
    await this.#queues.close();
    await placement.leave();
    await durables.stop();
    for (const cell of [...registry.all()]) cell.stop();
    this.#servicesChanged();
    const deadline = clock.now() + this.#limits.drain;
    while (this.#node.pending > 0 && clock.now() < deadline)
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, 1));
    membership.leave();
    this.#node.close();
    await durables.close();
    await this.#link.close();
  }

  async #spawnDurable<TLogic extends Logic>(
    logic: TLogic,
    { id: wanted, parent, subscribe, input, supervision = NO_SUPERVISION, ...rest }: SpawnOptions<Logic>,
    durable: unknown,
  ): Promise<Ref<TLogic>> {
    const id = checkDurableSpawn(wanted, parent, subscribe);
    this.#check(logic, { supervision, ...rest });
    const durability = checkDurability(logic, durable, 'a durable actor');
    this.#node.durables.assertStore();
    await this.#claim(id, false);
    if (this.#node.registry.get(id) !== undefined) throw duplicate(id, this.node);
    const cell = await this.#node.durables.spawn({ id, address: id, input, supervision, ...durability });
    return createRef<TLogic>(this.#node, cell.address);
  }

  #start(
    logic: Logic,
    id: string,
    address: Address,
    options: CommonSpawnOptions & { input?: unknown },
    parent?: Cell,
  ): Cell {
    // Another spawn of this id may have begun during the claim.
    if (this.#node.registry.get(id) !== undefined) throw duplicate(id, this.node);
    const { supervision = NO_SUPERVISION } = options;
    const cell = new Cell(this.#node.voice, {
      id,
      address,
      logic,
      input: options.input,
      supervision,
      parent,
    });
    this.#node.registry.add(cell);
    cell.start();
    return cell;
  }

  /** Before anything is claimed or started: a refused option must leave nothing behind. */
  #check(logic: Logic, { supervision = NO_SUPERVISION, subscribe = [], ...rest }: CommonSpawnOptions): void {
    checkKnown(rest, ['input'], 'spawning an actor');
    checkSupervision(supervision);
    for (const pattern of subscribe) subjectsOf(this.name).pattern(pattern);
    if (typeof (logic as Partial<Logic> | undefined)?.getInitialSnapshot === 'function') return;
    const what = 'a machine, or promise, callback, observable or transition logic';
    throw new TroupeError(
      'INVALID_OPTION',
      `An actor is made of XState logic (${what}), got ${typeof logic}.`,
    );
  }

  #instance(name: string, number: number, logic: Logic, options: CommonSpawnOptions): Cell {
    const id = `${name}/${number}`;
    const cell = this.#start(logic, id, `${id}@${this.node}`, options);
    this.#node.services.add(name, cell);
    const end = (): void => {
      this.#node.services.remove(name, cell);
      this.#servicesChanged();
    };
    if (cell.ended) end();
    else cell.listen({ end });
    return cell;
  }

  #subscribeService(name: string, pattern: string): () => void {
    return this.#node.bus.subscribe(
      pattern,
      (envelope) => {
        const instance = this.#node.services.pickHere(name);
        if (instance === undefined) this.#node.undelivered.bury('actor-stopped', envelope);
        else this.#node.hand(instance.cell, envelope);
      },
      name,
    );
  }

  #servicesChanged(): void {
    this.#node.services.refresh(this.#node.membership.all());
    this.#node.membership.announce();
  }

  async #claim(id: string, isPinned: boolean): Promise<void> {
    if (this.#node.registry.get(id) !== undefined || this.#node.services.has(id))
      throw duplicate(id, this.node);
    if (isPinned || this.#node.membership.size === 0) return;
    const server = this.#node.membership.all().find(({ services }) => Object.hasOwn(services, id));
    if (server !== undefined) throw duplicate(id, server.node);
    if (!this.#link.connected) throw disconnected(id);
    const holder = await this.#node.directory.claim(id);
    if (holder !== undefined) throw duplicate(id, holder);
    this.#assertRunning();
  }

  /** A service may be served by many nodes, but its name must not be an actor's. */
  async #claimServiceName(name: string): Promise<void> {
    const holder =
      this.#node.registry.get(name) === undefined ? await this.#node.directory.resolve(name) : this.node;
    if (holder !== undefined) throw duplicate(name, holder);
  }

  #parent(parent: { readonly address: Address } | Address): Cell {
    const address = typeof parent === 'string' ? parent : parent.address;
    const { id, node } = parseAddress(address);
    const cell = node === undefined || node === this.node ? this.#node.registry.get(id) : undefined;
    if (cell instanceof Cell) return cell;
    if (cell !== undefined)
      throw new TroupeError(
        'INVALID_OPTION',
        `"${address}" is durable: its children are those its own chart spawns or invokes (\`spawnChild\`), since only they survive with it.`,
      );
    throw new TroupeError(
      'NO_SUCH_ACTOR',
      `There is no actor "${address}" on this node: a parent lives where its children live.`,
    );
  }

  #assertRunning(): void {
    if (this.#stopping === undefined && !this.#node.stopped) return;
    throw new TroupeError('SYSTEM_STOPPED', `The system "${this.name}" is stopped: create a new one.`);
  }
}

const NO_SUPERVISION: Supervision = {};

const disconnected = (id: string): TroupeError =>
  new TroupeError(
    'DISCONNECTED',
    `"${id}" cannot be claimed while the connection to the other nodes is down: try again when it is back.`,
    { retryable: true },
  );

const duplicate = (id: string, node: string): TroupeError =>
  new TroupeError(
    'DUPLICATE_ID',
    `"${id}" is taken by an actor or service of node "${node}": choose another id, or leave it out.`,
  );
