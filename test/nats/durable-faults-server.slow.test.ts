import { describe, it } from 'vitest';
import { natsServer } from '../support/server.ts';
import { atRest, audit } from './support/durable-load/audit.ts';
import { startCrew } from './support/durable-load/crew.ts';
import { limits, startDriver } from './support/durable-load/driver.ts';
import { makeOrders, place } from './support/durable-load/orders.ts';
import { reportOf } from './support/durable-load/report.ts';

const NODES = 2;
const ORDERS = 2_000;
const KILLS = 5;
const AT_A_TIME = 64;
const SEED = 5;

describe('one server with its records in files', () => {
  it(`D1 D2 D5: killed under load ${KILLS} times, it loses nothing that was confirmed, and all goes on by itself`, async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'shop');
    await using crew = await startCrew(NODES, { servers: server.url, system: 'shop', limits, hosts: 'shop' });
    const orders = makeOrders(ORDERS, SEED);
    const began = performance.now();
    const placing = place(driver, orders, AT_A_TIME);
    for (let kills = 0; kills < KILLS; kills++) {
      await placing.more(ORDERS / (KILLS + 2));
      await server.kill();
      await server.restart();
    }
    await placing.done;
    const placed = performance.now() - began;
    const ends = audit(await atRest(driver.journal, orders, 60_000), orders);
    console.log(`${KILLS} kills of the server`, reportOf({ driver, crew, placing, placed, ends }));
  });
});
