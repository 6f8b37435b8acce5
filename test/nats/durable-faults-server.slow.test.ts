import { describe, it } from 'vitest';
import { natsServer } from '../support/server.ts';
import { startCrew } from './support/durable-load/crew.ts';
import { limits, startDriver } from './support/durable-load/driver.ts';
import { makeOrders } from './support/durable-load/orders.ts';
import { withstand } from './support/durable-load/withstand.ts';

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
    const siege = {
      what: 'the server is killed',
      driver,
      crew,
      orders,
      atATime: AT_A_TIME,
      patience: 60_000,
    };
    await withstand(siege, async (placing) => {
      for (let kills = 0; kills < KILLS; kills++) {
        await placing.more(ORDERS / (KILLS + 2));
        await server.kill();
        await server.restart();
      }
      return KILLS;
    });
  });
});
