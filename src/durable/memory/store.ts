import { MemoryQueueData } from './queue.ts';
import type { Queues } from '../queue-store.ts';
import { baseOf } from '../record.ts';
import { brokenChain, fenced, otherShards, storeClosed, tooLarge } from '../store-errors.ts';
import type { Entry, Journal, Position, Store, StoreOptions, Wake } from '../store.ts';

export interface MemoryOptions {
  /** Largest record, bytes; default 16 MiB. */
  readonly limit?: number;
}

/** What is kept of one system. */
interface Shelf {
  readonly shards: number;
  readonly records: Map<string, readonly Entry[]>;
  /** By shard. */
  readonly wakes: Map<number, Map<string, Wake>>;
  /** The last position given to anything: none is given twice, so that nothing from before a purge fits after it. */
  position: Position;
}

const NAME = 'memory()';

/**
 * A store in the memory of this process, for tests and simulation: it survives the end of every system that uses it, and nothing else.
 * All systems that are given the same object share it, so that a test can end one without a goodbye and start another over what it left.
 */
export function memory({ limit = 16 * 1024 * 1024 }: MemoryOptions = {}): Store {
  const shelves = new Map<string, Shelf>();
  const queues = new MemoryQueueData();
  return {
    name: 'memory',
    async open(options) {
      const { system, shards } = options;
      const shelf = shelves.get(system) ?? { shards, records: new Map(), wakes: new Map(), position: 0 };
      if (shelf.shards !== shards) throw otherShards(NAME, shelf.shards, options);
      shelves.set(system, shelf);
      return createJournal(shelf, options, limit, queues.open(system, options.clock));
    },
  };
}

function createJournal(shelf: Shelf, { history }: StoreOptions, limit: number, queues: Queues): Journal {
  let isClosed = false;
  const open = (): Shelf => {
    if (isClosed) throw storeClosed(NAME);
    return shelf;
  };
  return {
    limit,
    queues,
    append: async (id, record, expected) => {
      if (record.length > limit) throw tooLarge(id, record.length, limit);
      return append(open(), id, record, expected, history);
    },
    load: async (id) => chain(id, open().records.get(id) ?? []).map(copied),
    async *history(id) {
      for (const entry of open().records.get(id) ?? []) yield copied(entry);
    },
    async *ids() {
      yield* [...open().records.keys()];
    },
    async purge(id) {
      open().records.delete(id);
      for (const wakes of shelf.wakes.values()) wakes.delete(id);
    },
    async wake(id, shard, at) {
      const { wakes } = open();
      const position = ++shelf.position;
      const ofShard = wakes.get(shard) ?? new Map<string, Wake>();
      wakes.set(shard, ofShard.set(id, { id, at, position }));
      return position;
    },
    async unwake(id, shard, position) {
      const wakes = open().wakes.get(shard);
      if (wakes?.get(id)?.position === position) wakes.delete(id);
    },
    async *wakes(shards) {
      const wakes = [...open().wakes].filter(([shard]) => shards.has(shard));
      yield* wakes.flatMap(([, ofShard]) => [...ofShard.values()]);
    },
    async close() {
      isClosed = true;
    },
  };
}

function append(shelf: Shelf, id: string, record: Uint8Array, expected: Position, history: number): Position {
  const entries = shelf.records.get(id) ?? [];
  const last = entries.at(-1)?.position ?? 0;
  if (last !== expected) throw fenced(id, expected, last);
  const position = ++shelf.position;
  shelf.records.set(id, kept([...entries, { position, record: new Uint8Array(record) }], history));
  return position;
}

const copied = ({ position, record }: Entry): Entry => ({ position, record: new Uint8Array(record) });

/** The last `history` records, and those before that the first of them builds on. */
function kept(entries: readonly Entry[], history: number): readonly Entry[] {
  const oldest = entries.at(-history);
  if (oldest === undefined) return entries;
  const base = baseOf(oldest.record) ?? oldest.position;
  return entries.slice(entries.findIndex(({ position }) => position >= base));
}

/** The last snapshot and what follows. */
function chain(id: string, entries: readonly Entry[]): readonly Entry[] {
  const last = entries.at(-1);
  if (last === undefined) return [];
  const base = baseOf(last.record);
  if (base === undefined) return [last];
  const start = entries.findIndex(({ position }) => position === base);
  if (start < 0) throw brokenChain(id, `its last record builds on one at ${base}, which is not there`);
  return entries.slice(start);
}
