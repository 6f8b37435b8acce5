import { describe, expect, it } from 'vitest';
import { natsServer } from '../support/server.ts';
import { startCrew } from './support/durable-load/crew.ts';
import { limits, startDriver } from './support/durable-load/driver.ts';
import { makeOrders } from './support/durable-load/orders.ts';
import { withstand } from './support/durable-load/withstand.ts';

const ORDERS = 25_000;
const AT_A_TIME = 128;
const NODES = 3;
/** Orders placed between two kills: counted and not timed, so that a fast machine sees several kills and a slow one not only kills. */
const APART = 2_500;
const FEWEST_KILLS = 3;
const SEED = 4;

describe('three nodes, one of which is killed again and again', () => {
  it('D1 D2 D5: of 25,000 orders none is lost and none done twice, money and stock are conserved', async () => {
    await using server = await natsServer();
    await using driver = await startDriver(server.url, 'shop');
    await using crew = await startCrew(NODES, { servers: server.url, system: 'shop', limits, hosts: 'shop' });
    const orders = makeOrders(ORDERS, SEED);
    const siege = { what: 'a node is killed', driver, crew, orders, atATime: AT_A_TIME, patience: 60_000 };
    await withstand(siege, async (placing) => {
      let kills = 0;
      for (await placing.more(APART); placing.placed < ORDERS; await placing.more(APART)) {
        await crew.replace();
        kills += 1;
      }
      expect(kills).toBeGreaterThanOrEqual(FEWEST_KILLS);
      return kills;
    });
  });
});
