import type { Entry, Journal, Store, StoreOptions } from '../../../src/index.ts';
import { collect } from '../../support/collect.ts';

/** A store that a test can watch, fail and cut off. */
export interface Tap {
  readonly store: Store;
  /** What is stored, whatever became of the node. */
  read(id: string): Promise<readonly Entry[]>;
  /** All of an actor's records that are kept. */
  history(id: string): Promise<readonly Entry[]>;
  /** Let go of the store. */
  close(): Promise<void>;
  /** Ids of the actors whose commits were stored, in order. */
  readonly appended: readonly string[];
  /** Resolves once so many commits of an actor are stored. */
  appendedAtLeast(id: string, count: number): Promise<void>;
  /** From now on every append fails with this; undefined: none. */
  failing: (() => unknown) | undefined;
  /** From now on every load fails with this; undefined: none. */
  unreadable: (() => unknown) | undefined;
  /** Each append waits for this. */
  gate: Promise<unknown> | undefined;
  /** What a load gives, changed on the way: a damaged disk. */
  damage: ((id: string, entries: readonly Entry[]) => readonly Entry[]) | undefined;
  /** Nothing that is asked of it is ever answered again, and nothing is stored. */
  sever(): void;
  readonly isSevered: boolean;
}

const never = async <T>(): Promise<T> => new Promise<T>(() => undefined);

export function tapOf(store: Store): Tap {
  let isSevered = false;
  let opened: Journal | undefined;
  let reading: Promise<Journal> | undefined;
  let given: StoreOptions | undefined;
  const appended = collect<string>();
  const guard = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (isSevered) return never<T>();
    const result = await operation();
    return tap.isSevered ? never<T>() : result;
  };
  const tap: Tap = {
    store: {
      name: store.name,
      async open(options) {
        given = options;
        opened = await store.open(options);
        return tapped(opened, tap, guard, (id) => appended.add(id));
      },
    },
    read: async (id) => (await (reading ??= store.open(given!))).load(id),
    async history(id) {
      const entries: Entry[] = [];
      for await (const entry of (await (reading ??= store.open(given!))).history(id)) entries.push(entry);
      return entries;
    },
    async close() {
      if (isSevered) await opened?.close();
      await (await reading)?.close();
    },
    appended: appended.items,
    async appendedAtLeast(id, count) {
      await appended.first(() => appended.items.filter((each) => each === id).length >= count);
    },
    failing: undefined,
    unreadable: undefined,
    gate: undefined,
    damage: undefined,
    sever: () => void (isSevered = true),
    get isSevered() {
      return isSevered;
    },
  };
  return tap;
}

type Guard = <T>(operation: () => Promise<T>) => Promise<T>;

function tapped(journal: Journal, tap: Tap, guard: Guard, stored: (id: string) => void): Journal {
  return {
    limit: journal.limit,
    append: async (id, record, expected) =>
      guard(async () => {
        await tap.gate;
        if (tap.failing !== undefined) throw tap.failing();
        const position = await guard(async () => journal.append(id, record, expected));
        stored(id);
        return position;
      }),
    load: async (id) =>
      guard(async () => {
        if (tap.unreadable !== undefined) throw tap.unreadable();
        const entries = await journal.load(id);
        return tap.damage?.(id, entries) ?? entries;
      }),
    history: (id) => journal.history(id),
    ids: () => journal.ids(),
    purge: async (id) => guard(async () => journal.purge(id)),
    wake: async (id, shard, at) => guard(async () => journal.wake(id, shard, at)),
    unwake: async (id, shard, position) => guard(async () => journal.unwake(id, shard, position)),
    wakes: (shards) => journal.wakes(shards),
    close: async () => journal.close(),
  };
}
