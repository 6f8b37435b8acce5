import { seeded } from '../../../../src/testing/random.ts';
import type { Driver } from './driver.ts';
import { DEPOSIT, SUPPLY, type Purchase } from './shop.ts';

export type Orders = ReadonlyMap<string, Purchase>;

/** Orders that want, all together, somewhat more than there is: some are rejected, some cancelled. */
export function makeOrders(count: number, seed: number): Orders {
  const random = seeded(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  const shelves = Math.max(4, Math.ceil(count / 150));
  const quantity = Math.ceil((2.2 * SUPPLY * shelves) / count);
  const price = Math.ceil((3.2 * DEPOSIT * shelves) / count);
  return new Map(
    Array.from({ length: count }, (_, n) => [
      `${n}`,
      {
        sku: `s${upTo(shelves)}`,
        account: `a${upTo(shelves)}`,
        quantity: 1 + upTo(quantity),
        price: 1 + upTo(price),
      },
    ]),
  );
}

export interface Placing {
  /** Placed so far, count. */
  readonly placed: number;
  /** Longest time in which none was, ms. */
  readonly outage: number;
  /** Resolves when all are placed. */
  readonly done: Promise<void>;
  /** Resolves when so many more are placed. */
  more(count: number): Promise<void>;
}

/** Place orders, so many at a time: each as often as it takes, under one key. */
export function place({ insist }: Driver, orders: Orders, atATime: number): Placing {
  const left = orders.entries();
  let waiting: { readonly at: number; readonly resolve: () => void }[] = [];
  const state = { placed: 0, outage: 0, last: performance.now() };
  const isPlaced = (): void => {
    const now = performance.now();
    state.placed += 1;
    state.outage = Math.max(state.outage, now - state.last);
    state.last = now;
    for (const { at, resolve } of waiting) if (state.placed >= at) resolve();
    waiting = waiting.filter(({ at }) => state.placed < at);
  };
  const run = async (): Promise<void> => {
    for (const [id, purchase] of left) {
      await insist(`order/${id}`, { type: 'PLACE', ...purchase }, `place ${id}`);
      isPlaced();
    }
  };
  const done = Promise.all(Array.from({ length: atATime }, run)).then(() => undefined);
  return {
    get placed() {
      return state.placed;
    },
    get outage() {
      return state.outage;
    },
    done,
    more: async (count) =>
      new Promise<void>((resolve, reject) => {
        waiting.push({ at: Math.min(orders.size, state.placed + count), resolve });
        done.then(resolve, reject);
      }),
  };
}
