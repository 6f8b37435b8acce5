import { afterAll, beforeAll, describe } from 'vitest';
import type { Journal, Store } from '../../src/durable/store.ts';
import { appending } from './store/appending.ts';
import { keeping } from './store/keeping.ts';
import { lasting } from './store/lasting.ts';
import { reading } from './store/reading.ts';
import { options, type Open, type Pair } from './store/support.ts';
import { waking } from './store/waking.ts';

/** One place where records are kept, as several nodes see it. */
export interface StoreWorld extends AsyncDisposable {
  /** The store as a node of its own makes it: another handle, another connection, the same records. */
  store(): Store;
  /**
   * Whoever has the store open loses it without a goodbye (a killed server); resolves when it can be opened again. Without it,
   * nothing stands between two openings, and the first is left as it is.
   */
  crash?(): Promise<void>;
}

/** What every store promises (src/durable/store.ts, J1-J5). */
export function storeContract(name: string, make: () => Promise<StoreWorld>): void {
  describe(`store contract: ${name}`, () => {
    let world: StoreWorld;
    const journals: Journal[] = [];
    beforeAll(async () => {
      world = await make();
    });
    afterAll(async () => {
      await Promise.all(journals.map(async (journal) => journal.close()));
      await world[Symbol.asyncDispose]();
    });

    const open: Open = async (given = options()) => {
      const journal = await world.store().open(given);
      journals.push(journal);
      return journal;
    };
    const pair: Pair = async (more = {}) => {
      const given = options(more);
      return [await open(given), await open(given)];
    };

    appending(open, pair);
    reading(open, pair);
    keeping(open);
    waking(open, pair);
    lasting(open, pair, async () => world.crash?.());
  });
}
