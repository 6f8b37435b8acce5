import { describe, expect, it } from 'vitest';
import { natsServer } from '../support/server.ts';
import { atRest, audit } from './support/durable-load/audit.ts';
import { limits, startDriver } from './support/durable-load/driver.ts';
import { startNode, type NodeProcess } from './support/durable-load/nodes.ts';
import { makeOrders, place } from './support/durable-load/orders.ts';

const ORDERS = Number(process.env['J_ORDERS'] ?? 10_000);
const AT_A_TIME = 256;
const NODES = 3;
const KILL_EVERY = 5_000;
const SEED = 4;

describe('three nodes, one of which is killed every 5 s', () => {
  it('10,000 orders: money and stock are conserved, no order is lost, none is done twice', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'shop');
    let born = 0;
    const all: NodeProcess[] = [];
    const bear = async (): Promise<NodeProcess> => {
      const node = await startNode({ servers: server.url, system: 'shop', node: `n${++born}`, limits, hosts: 'shop' });
      all.push(node);
      return node;
    };
    const nodes = await Promise.all(Array.from({ length: NODES }, bear));
    const orders = makeOrders(ORDERS, SEED);
    const began = performance.now();
    const placing = place(driver, orders, AT_A_TIME);
    let kills = 0;
    let next: NodeProcess | undefined;
    const killer = setInterval(() => {
      kills += 1;
      void nodes.shift()?.signal('SIGKILL');
      void bear().then((node) => nodes.push(node));
    }, KILL_EVERY);
    try {
      await placing.done;
      const placed = performance.now() - began;
      console.log('placed', placed);
      const books = await atRest(driver.journal, orders, 120_000);
      const rest = performance.now() - began;
      clearInterval(killer);
      const ends = audit(books, orders);
      console.log(`${ORDERS} orders, ${kills} kills`, { ends, placed, rest, outage: placing.outage, retried: driver.retried });
      expect(kills).toBeGreaterThan(0);
    } finally {
      clearInterval(killer);
      for (const { name, notices } of all) console.log(name, notices.length, notices.slice(0, 5));
      await next?.signal('SIGKILL');
      await Promise.all(nodes.map(async (node) => node.signal('SIGKILL')));
    }
  });
});
