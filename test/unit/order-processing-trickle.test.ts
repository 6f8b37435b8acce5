import { afterEach, describe, expect, it } from 'vitest';
import { ledgerOf } from '../../examples/order-processing/addresses.ts';
import type { Cluster } from '../../examples/order-processing/cluster/cluster.ts';
import { startInProcess } from '../../examples/order-processing/cluster/in-process.ts';
import type { ShopEvent } from '../../examples/order-processing/events.ts';
import type { Order } from '../../examples/order-processing/order.ts';
import { styles } from '../../examples/order-processing/styles/style.ts';
import { trickle } from '../../examples/order-processing/trickle.ts';

const orderOf = (id: string, card: Order['card']): Order => ({
  id,
  customer: 'grace',
  card,
  items: [{ sku: 'tea', quantity: 1, price: 450 }],
  amount: 450,
});

let cluster: Cluster | undefined;
afterEach(async () => cluster?.stop());

describe('the trickle of orders', () => {
  it('goes on in both styles, round after round, until the signal, and leaves no books behind', async () => {
    cluster = await startInProcess();
    const { system } = cluster;
    const stopped = new AbortController();
    const ends = new Map<string, string[]>();
    // Two rounds of each style: four runs in which both orders have ended.
    system.subscribe<ShopEvent>('order.*', ({ type, ticket: { run } }) => {
      if (type !== 'order.confirmed' && type !== 'order.rejected') return;
      ends.set(run, [...(ends.get(run) ?? []), type]);
      const full = [...ends].filter(([, types]) => types.length === 2).map(([name]) => name.split('-')[0]);
      const isTwice = (style: string): boolean => full.filter((name) => name === style).length >= 2;
      if (isTwice('orchestrated') && isTwice('choreographed')) stopped.abort();
    });
    let runs = 0;
    await trickle({
      cluster,
      orders: [orderOf('good', 'ok'), orderOf('bad', 'declined')],
      styles: [styles.orchestrated, styles.choreographed],
      nameRun: ({ name }) => `${name}-${(runs += 1)}`,
      interval: 1,
      signal: stopped.signal,
    });
    expect([...ends.values()].filter((types) => types.length === 2).map((types) => types.toSorted())).toEqual(
      expect.arrayContaining(Array.from({ length: 4 }, () => ['order.confirmed', 'order.rejected'])),
    );
    const left = (await system.actors()).map(({ address }) => address);
    expect(left.filter((address) => address.startsWith(ledgerOf('')))).toEqual([]);
  });
});
