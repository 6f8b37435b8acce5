import type { Journal, Store } from '../../../../src/durable/store.ts';
import { TroupeError } from '../../../../src/errors.ts';
import type { Process } from './process.ts';
import type { World } from './world.ts';

/** How often an operation of the store goes wrong, and how: parts of 1. */
export interface StoreFaults {
  /** It is not done, and says so. */
  readonly before: number;
  /** It is done, and its answer is lost. */
  readonly after: number;
  /** Of appends, which are fenced: its answer is lost, and it is done a while later. */
  readonly late: number;
  /** Longest time it takes, ms. */
  readonly slow: number;
}

export const noStoreFaults: StoreFaults = { before: 0, after: 0, late: 0, slow: 2 };

/** Longest time after which a late operation is done, ms. */
const LATE = 400;

/** What a process sees of a store: a decorator that delays, fails, answers though it is too late, and dies with its process. */
export function faultyStore(store: Store, process: Process, world: World, faults: () => StoreFaults): Store {
  return {
    name: store.name,
    open: async (options) => faultyJournal(await store.open(options), process, world, faults),
  };
}

function faultyJournal(journal: Journal, process: Process, world: World, faults: () => StoreFaults): Journal {
  const isOffline = (): boolean => process.isOffline;
  const through = async <T>(what: string, operate: () => Promise<T>): Promise<T> => {
    if (!world.point(process, `before ${what}`)) return never();
    const { before, after, late, slow } = faults();
    await pause(process, 1 + world.below(slow));
    if (isOffline() || world.chance(before)) throw unavailable(what);
    if (what.startsWith('append') && world.chance(late)) {
      world.after(world.below(LATE), () => void operate().catch(() => undefined));
      throw unavailable(what);
    }
    const result = await operate();
    if (!world.point(process, `after ${what}`)) return never();
    await pause(process, 1 + world.below(slow));
    if (isOffline() || world.chance(after)) throw unavailable(what);
    return result;
  };
  return {
    limit: journal.limit,
    append: async (id, record, expected) =>
      through(`append of ${id} after ${expected}`, async () => journal.append(id, record, expected)),
    load: async (id) => through(`load of ${id}`, async () => journal.load(id)),
    async *history(id) {
      yield* await through(`history of ${id}`, async () => {
        const entries = [];
        for await (const entry of journal.history(id)) entries.push(entry);
        return entries;
      });
    },
    ids: () => journal.ids(),
    purge: async (id) => through(`purge of ${id}`, async () => journal.purge(id)),
    wake: async (id, shard, at) => through(`wake of ${id}`, async () => journal.wake(id, shard, at)),
    unwake: async (id, shard, position) =>
      through(`unwake of ${id}`, async () => journal.unwake(id, shard, position)),
    async *wakes(shards) {
      yield* await through('wakes', async () => {
        const wakes = [];
        for await (const wake of journal.wakes(shards)) wakes.push(wake);
        return wakes;
      });
    },
    close: async () => journal.close(),
  };
}

const pause = async (process: Process, ms: number): Promise<void> =>
  new Promise((resolve) => void process.clock.setTimeout(resolve, ms));

/** The process that waits for it is dead. */
const never = async (): Promise<never> => new Promise(() => undefined);

const unavailable = (what: string): TroupeError =>
  new TroupeError('STORE_UNAVAILABLE', `The store did not answer to the ${what}: it may have been done.`, {
    retryable: true,
  });
