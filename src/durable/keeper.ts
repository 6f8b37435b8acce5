import type { Keeper } from '../actor/keeper.ts';
import type { Logic } from '../actor/logic.ts';
import type { Supervision } from '../actor/supervision.ts';
import type { Receiver } from '../actor/turns.ts';
import type { TimerHandle } from '../ports.ts';
import { kindOf, shardOf } from '../message/shard.ts';
import { DurableCell } from './cell/cell.ts';
import type { Identity } from './cell/log.ts';
import { Schedule } from './schedule.ts';
import type { Wake } from './store.ts';
import type { Surroundings } from './surroundings.ts';
import { WakeReader } from './wake-reader.ts';

/** A kind of virtual actors that this node hosts. */
export interface Hosted extends Pick<Identity, 'machine' | 'version' | 'migrate'> {
  readonly logic: Logic;
  /** What the actor of a key begins with. */
  readonly input: (key: string) => unknown;
  readonly supervision: Supervision;
  /** Without a message for so long it leaves memory, ms. */
  readonly idle: number;
}

export interface VirtualActorsOptions {
  readonly around: Surroundings;
  readonly started: (cell: DurableCell) => void;
}

/** Actors that are woken at a time when a shard is taken over, count: more would only wait for the store. */
const WAKING = 256;
const SWEEPS = 4;

/**
 * Job: the virtual actors of this node in memory: brought in by the first message or when they want to be woken, let go when idle or when
 * their shard moves. Not its job: where they live (cluster/placement.ts), what they do (cell.ts).
 */
export class VirtualActors implements Keeper {
  readonly #options: VirtualActorsOptions;
  readonly #hosted = new Map<string, Hosted>();
  readonly #cells = new Map<string, DurableCell>();
  readonly #schedule: Schedule;
  readonly #reader: WakeReader;
  #waking: Wake[] = [];
  #awake = 0;
  #sweep: TimerHandle;

  constructor(options: VirtualActorsOptions) {
    this.#options = options;
    this.#schedule = new Schedule(options.around.clock, (wake) => this.#wake(wake));
    this.#reader = new WakeReader({
      around: options.around,
      kindOf,
      shardOf: (id) => this.#shardOf(id),
      found: (wake) => this.#found(wake),
    });
  }

  get kinds(): ReadonlySet<string> {
    return new Set(this.#hosted.keys());
  }

  /** Actors that are not in memory and want to be woken later. */
  get scheduled(): number {
    return this.#schedule.size;
  }

  /** What a kind that is hosted here is made of. */
  logicOf(kind: string): Logic | undefined {
    return this.#hosted.get(kind)?.logic;
  }

  add(kind: string, hosted: Hosted): void {
    this.#hosted.set(kind, hosted);
    this.#sweepLater();
  }

  remove(kind: string): void {
    this.#hosted.delete(kind);
  }

  receiver(id: string): Receiver {
    const found = this.#cells.get(id);
    if (found !== undefined) return found;
    const { actor, path } = split(id);
    const cell = this.#cells.get(actor) ?? this.#activate(actor);
    return path.length === 0 ? cell : (cell.child(path) ?? cell);
  }

  has(id: string): boolean {
    return this.#cells.has(id) || this.#cells.has(split(id).actor);
  }

  async release(kind: string, shards: ReadonlySet<number>): Promise<void> {
    const concerns = (id: string): boolean => kindOf(id) === kind;
    this.#schedule.drop(shards, concerns);
    this.#waking = this.#waking.filter(({ id }) => !concerns(id) || !shards.has(this.#shardOf(id)));
    const leaving = [...this.#cells.values()].filter(
      ({ spec }) => concerns(spec.id) && shards.has(spec.shard ?? -1),
    );
    await Promise.all(leaving.map(async (cell) => cell.leave()));
  }

  acquired(kind: string, shards: ReadonlySet<number>): void {
    this.#reader.read(kind, shards);
  }

  /** A wake of an actor of ours may be stored that nobody knows of: read the wakes of its shard once all nodes agree who owns it. */
  lookAgain(id: string): void {
    this.#reader.readLater(kindOf(id), this.#shardOf(id), this.#options.around.limits.handover);
  }

  /** Nodes have come or gone: what was said to those that went is said again. */
  redo(): void {
    for (const cell of this.#cells.values()) cell.redo();
  }

  /** An actor has left memory. */
  ended(cell: DurableCell): void {
    const { id, shard } = cell.spec;
    if (this.#cells.get(id) === cell) this.#cells.delete(id);
    const { wake } = cell;
    if (wake !== undefined && shard !== undefined && this.#options.around.isHere(id))
      this.#schedule.set(wake, shard);
  }

  close(): void {
    this.#reader.close();
    this.#schedule.close();
    this.#waking = [];
    this.#options.around.clock.clearTimeout(this.#sweep);
  }

  #shardOf(id: string): number {
    return shardOf(id, this.#options.around.limits.shards);
  }

  #activate(id: string, found?: Wake): DurableCell {
    const { around, started } = this.#options;
    const { kind, key } = split(id);
    const hosted = this.#hosted.get(kind) as Hosted;
    const wake = found ?? this.#schedule.take(id);
    const { logic, machine, version, migrate, supervision } = hosted;
    const cell = new DurableCell(around, {
      id,
      address: id,
      logic,
      machine,
      version,
      migrate,
      supervision,
      input: hosted.input(key),
      shard: this.#shardOf(id),
      wake: wake?.position,
    });
    this.#cells.set(id, cell);
    started(cell);
    cell.activate();
    return cell;
  }

  /** Of those that are ours still: what waits in them would otherwise wait for the next message. */
  #found(wake: Wake): void {
    const { around } = this.#options;
    if (!around.isHere(wake.id)) return;
    if (wake.at > around.clock.now() && !this.#cells.has(wake.id))
      this.#schedule.set(wake, this.#shardOf(wake.id));
    else this.#wake(wake);
  }

  #wake(wake: Wake): void {
    this.#waking.push(wake);
    this.#wakeNext();
  }

  #wakeNext(): void {
    while (this.#awake < WAKING && this.#waking.length > 0) {
      const wake = this.#waking.shift() as Wake;
      const cell = this.#cells.get(wake.id);
      cell?.woken(wake.position);
      if (cell !== undefined || !this.#hosted.has(kindOf(wake.id))) continue;
      if (!this.#options.around.isHere(wake.id)) continue;
      this.#awake += 1;
      void this.#activate(wake.id, wake).opened.finally(() => {
        this.#awake -= 1;
        this.#wakeNext();
      });
    }
  }

  /** Let go of those nobody has needed for a while. */
  #sweepLater(): void {
    if (this.#sweep !== undefined) return;
    const { clock } = this.#options.around;
    const shortest = Math.min(...[...this.#hosted.values()].map(({ idle }) => idle));
    this.#sweep = clock.setTimeout(
      () => {
        this.#sweep = undefined;
        const now = clock.now();
        for (const cell of this.#cells.values()) {
          const idle = this.#hosted.get(kindOf(cell.id))?.idle ?? 0;
          if (cell.isIdle && now - cell.lastUsed >= idle) cell.stop();
        }
        if (this.#hosted.size > 0) this.#sweepLater();
      },
      Math.max(1, shortest / SWEEPS),
      true,
    );
  }
}

function split(id: string): {
  readonly kind: string;
  readonly key: string;
  readonly actor: string;
  readonly path: readonly string[];
} {
  const [kind = '', key = '', ...path] = id.split('/');
  return { kind, key, actor: `${kind}/${key}`, path };
}
