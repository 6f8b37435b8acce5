import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'troupe';
import { ledgerOf, orderBookOf, stockOf } from './addresses.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Books } from './contracts.ts';
import { opening } from './opening.ts';
import type { Order } from './order.ts';
import { insist } from './run.ts';
import type { Style } from './styles/style.ts';
import { Tally } from './tally.ts';

/** Between two orders of a style, ms. */
const interval = 1_000;
/** Orders of a style that are under way at a time; while there are more, none is handed in. */
const most = 12;

export interface TrickleOptions {
  readonly cluster: Cluster;
  readonly orders: readonly Order[];
  readonly styles: readonly Style[];
  readonly nameRun: (style: Style) => string;
  readonly interval?: number;
  readonly signal: AbortSignal;
}

/** Hand the orders in one by one, in each style, and begin again when they are through, until the signal: something to look at. */
export async function trickle({ styles, ...options }: TrickleOptions): Promise<void> {
  await Promise.all(
    styles.map(async (style) => {
      // Each round has books of its own: by the end of one, money and goods run out.
      while (!options.signal.aborted) await round(style, options);
    }),
  );
}

async function round(style: Style, options: Omit<TrickleOptions, 'styles'>): Promise<void> {
  const { cluster, orders, nameRun, signal } = options;
  const run = nameRun(style);
  const tally = new Tally(
    cluster.system,
    run,
    orders.map(({ id }) => id),
  );
  const underWay = new Set<Promise<void>>();
  const pause = async () => sleep(options.interval ?? interval, undefined, { signal }).catch(() => undefined);
  try {
    await createClient<Books>(cluster.system.ref('books')).open({ run, opening });
    for (const order of orders) {
      if (signal.aborted) break;
      if (underWay.size < most) {
        const ended = insist(cluster, order, style, tally, signal).finally(() => underWay.delete(ended));
        underWay.add(ended);
      }
      await pause();
    }
    await Promise.all(underWay);
  } catch {
    // The service that opens books may be away for a while: the next round tries again.
  }
  tally.close();
  await closeBooks(cluster, run);
  await pause();
}

/** Kept, they would be more with every round. */
const closeBooks = async ({ system }: Cluster, run: string): Promise<unknown> =>
  Promise.allSettled(
    [ledgerOf(run), stockOf(run), orderBookOf(run)].map(async (id) => system.ref(id).stop()),
  );
