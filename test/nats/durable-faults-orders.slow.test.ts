import { describe, expect, it } from 'vitest';
import { natsServer } from '../support/server.ts';
import { atRest, audit } from './support/durable-load/audit.ts';
import { replaceEvery, startCrew } from './support/durable-load/crew.ts';
import { limits, startDriver } from './support/durable-load/driver.ts';
import { makeOrders, place } from './support/durable-load/orders.ts';
import { reportOf } from './support/durable-load/report.ts';

const ORDERS = 10_000;
const AT_A_TIME = 128;
const NODES = 3;
const KILL_EVERY = 5_000;
const SEED = 4;

describe('three nodes, one of which is killed every 5 s', () => {
  it('D1 D2 D5: of 10,000 orders none is lost and none done twice, money and stock are conserved', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'shop');
    await using crew = await startCrew(NODES, { servers: server.url, system: 'shop', limits, hosts: 'shop' });
    const orders = makeOrders(ORDERS, SEED);
    const began = performance.now();
    const placing = place(driver, orders, AT_A_TIME);
    const kills = await replaceEvery(crew, KILL_EVERY, placing.done);
    await placing.done;
    const placed = performance.now() - began;
    const books = await atRest(driver.journal, orders, 60_000);
    const ends = audit(books, orders);
    console.log(`${ORDERS} orders, ${kills} kills`, reportOf({ driver, crew, placing, placed, ends }));
    expect(kills).toBeGreaterThan(0);
  });
});
