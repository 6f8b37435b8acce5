import type { Receiver } from '../actor/turns.ts';
import { DurableCell } from './cell/cell.ts';
import { replay } from './cell/log.ts';
import type { CellSpec } from './cell/spec.ts';
import type { DurableState } from './commit.ts';
import { VirtualActors } from './keeper.ts';
import type { Surroundings } from './surroundings.ts';

export interface DurableActorsOptions {
  readonly around: Surroundings;
  /** An actor is in memory from now on. */
  readonly started: (cell: DurableCell & Receiver) => void;
}

/**
 * Job: the durable actors of a node in memory, spawned and virtual, and all code that only they need: it is loaded with the store, so that
 * `import 'troupe'` stays light. Not its job: how they reach the rest of the node (durables.ts).
 */
export class DurableActors {
  readonly virtual: VirtualActors;
  readonly #options: DurableActorsOptions;
  readonly #spawned = new Set<DurableCell>();

  constructor(options: DurableActorsOptions) {
    this.#options = options;
    this.virtual = new VirtualActors(options);
  }

  /** @throws TroupeError CORRUPTED, NO_MIGRATION, UNKNOWN_STATE, ACTOR_FAILED, STORE_UNAVAILABLE */
  async spawn(spec: Omit<CellSpec, 'shard'>): Promise<DurableCell> {
    const { around, started } = this.#options;
    const cell = new DurableCell(around, { ...spec, shard: undefined });
    started(cell);
    this.#spawned.add(cell);
    try {
      await cell.open();
    } catch (error) {
      cell.refuse(error);
      throw error;
    }
    return cell;
  }

  /** An actor has left memory. */
  ended(cell: DurableCell): void {
    this.#spawned.delete(cell);
    if (cell.spec.shard !== undefined) this.virtual.ended(cell);
  }

  /** Nodes have come or gone: what was said to actors there is said again, wherever they are now. */
  redo(): void {
    for (const cell of this.#spawned) cell.redo();
    this.virtual.redo();
  }

  /** Decide over what has arrived, store it, and let go of all actors. */
  async stop(): Promise<void> {
    await Promise.all([...this.#spawned].map(async (cell) => cell.leave()));
    this.virtual.close();
  }

  /** What is stored of an actor, in memory or not; nothing, when nothing is. */
  async stateOf(id: string): Promise<DurableState | undefined> {
    const entries = await this.#options.around.journal.load(id);
    return entries.length === 0 ? undefined : replay(id, entries).state;
  }
}
