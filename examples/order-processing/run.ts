import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type circuitBreaker } from 'troupe';
import { audit, type Closing } from './audit.ts';
import { breaker, ledgerOf, orderBookOf, stockOf } from './addresses.ts';
import type { Cluster } from './cluster/cluster.ts';
import type { Books } from './contracts.ts';
import type { ledger } from './machines/ledger.ts';
import type { orderBook } from './machines/order-book.ts';
import type { stock } from './machines/stock.ts';
import { opening } from './opening.ts';
import type { Order } from './order.ts';
import { summarise, type StyleReport } from './report.ts';
import type { Style } from './styles/style.ts';
import { Tally } from './tally.ts';
import { Monitor } from './vitals.ts';

/** Orders under way at a time. */
const concurrency = 12;
/** A customer who has heard nothing for so long hands the order in again, ms. */
const patience = 5_000;
/** When to give up, ms: far beyond what a run takes. */
const deadline = 90_000;
/** The share of orders that have ended when the payment service dies. */
const midway = 0.5;

export interface RunOptions {
  readonly cluster: Cluster;
  readonly orders: readonly Order[];
  readonly style: Style;
  readonly run: string;
  readonly onProgress: (tally: Tally, monitor: Monitor) => () => void;
}

/** Process all orders in one style, with a death in the middle, and audit the books. */
export async function runStyle({
  cluster,
  orders,
  style,
  run,
  onProgress,
}: RunOptions): Promise<StyleReport> {
  const { system } = cluster;
  await createClient<Books>(system.ref('books')).open({ run, opening });
  system.ref<typeof circuitBreaker>(breaker).send({ type: 'RESET' });
  const monitor = new Monitor(system);
  const before = await monitor.read();
  const tally = new Tally(
    system,
    run,
    orders.map(({ id }) => id),
  );
  const endProgress = onProgress(tally, monitor);
  const began = performance.now();
  await processAll(cluster, orders, style, tally);
  const seconds = (performance.now() - began) / 1000;
  endProgress();
  const after = await monitor.read();
  const closing = await close(cluster, run);
  tally.close();
  return summarise({
    style,
    orders,
    tally,
    seconds,
    messages: after.sent - before.sent,
    deadLetters: after.deadLetters - before.deadLetters,
    closing,
    problems: audit({ orders, opening, closing }),
  });
}

/** Resolves when every order has ended, or the deadline has passed. */
async function processAll(
  cluster: Cluster,
  orders: readonly Order[],
  style: Style,
  tally: Tally,
): Promise<void> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), deadline);
  const queue = [...orders];
  let strike: Promise<void> | undefined;
  const serve = async (): Promise<void> => {
    for (let order = queue.shift(); order !== undefined && !giveUp.signal.aborted; order = queue.shift()) {
      await insist(cluster, order, style, tally, giveUp.signal);
      if (strike === undefined && tally.ended >= orders.length * midway) {
        strike = cluster.strike(style.victim);
        strike.catch(() => giveUp.abort());
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, serve));
  await strike;
  clearTimeout(timer);
}

/** Hand the order in until it has ended: whoever takes it may have died with it. */
export async function insist(
  { system }: Cluster,
  order: Order,
  style: Style,
  tally: Tally,
  giveUp: AbortSignal,
): Promise<void> {
  while (!tally.outcomes.has(order.id) && !giveUp.aborted) {
    const heard = new AbortController();
    const signal = AbortSignal.any([heard.signal, giveUp]);
    await style.place(system, { run: tally.run, order }).catch(() => undefined);
    await Promise.race([tally.end(order.id), sleep(patience, undefined, { signal }).catch(() => undefined)]);
    heard.abort();
  }
}

async function close({ system }: Cluster, run: string): Promise<Closing> {
  const [money, goods, ends] = await Promise.all([
    system.ref<typeof ledger>(ledgerOf(run)).ask({ type: 'READ' }),
    system.ref<typeof stock>(stockOf(run)).ask({ type: 'READ' }),
    system.ref<typeof orderBook>(orderBookOf(run)).ask({ type: 'READ' }),
  ]);
  return { ledger: money, stock: goods, orderBook: ends };
}
