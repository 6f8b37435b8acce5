/** Gathers values as they come, and lets a test wait until there are enough. */
export interface Collected<T> {
  readonly items: T[];
  add(item: T): void;
  /** Resolves with all items once there are `count`. */
  atLeast(count: number): Promise<readonly T[]>;
  /** Resolves with the first item, earlier ones included, that satisfies the predicate. */
  first(predicate: (item: T) => boolean): Promise<T>;
}

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
}

export function collect<T>(): Collected<T> {
  const items: T[] = [];
  const waiters = new Set<Waiter>();
  const until = async (isDone: () => boolean): Promise<void> => {
    if (isDone()) return;
    await new Promise<void>((resolve) => waiters.add({ isDone, resolve }));
  };
  return {
    items,
    add(item) {
      items.push(item);
      for (const waiter of waiters) {
        if (!waiter.isDone()) continue;
        waiters.delete(waiter);
        waiter.resolve();
      }
    },
    async atLeast(count) {
      await until(() => items.length >= count);
      return items;
    },
    async first(predicate) {
      await until(() => items.some(predicate));
      return items.find(predicate)!;
    },
  };
}
