import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { natsCluster, natsServer } from '../support/server.ts';
import { startCrew } from './support/durable-load/crew.ts';
import { dividedCluster } from './support/durable-load/divided.ts';
import { limits, startDriver } from './support/durable-load/driver.ts';
import { leaderOf } from './support/durable-load/leader.ts';
import { makeOrders } from './support/durable-load/orders.ts';
import { withstand } from './support/durable-load/withstand.ts';
import { proxyTo } from './support/proxy.ts';
import { leaderFaults } from './support/leader-faults.ts';

const NODES = 2;
const ORDERS = 800;
const AT_A_TIME = 32;
const ROUNDS = 2;
/** How long a fault lasts: longer than an election takes, ms. */
const APART = 12_000;
const STREAM = 'TROUPE_shop';

/** A shop whose servers are struck again and again. */
async function stands(
  what: string,
  servers: readonly string[],
  replicas: 1 | 3,
  strike: () => Promise<void>,
  hosting: readonly string[] = servers,
): Promise<void> {
  await using driver = await startDriver(servers, 'shop', { replicas });
  await using crew = await startCrew(NODES, {
    servers: hosting,
    system: 'shop',
    limits,
    hosts: 'shop',
    replicas,
  });
  const orders = makeOrders(ORDERS, 6);
  const siege = { what, driver, crew, orders, atATime: AT_A_TIME, patience: 90_000 };
  await withstand(siege, async (placing) => {
    for (let round = 0; round < ROUNDS; round++) {
      await placing.more(ORDERS / (ROUNDS + 2));
      await strike();
    }
    return ROUNDS;
  });
}

describe('three servers that keep three replicas', () => {
  it.each(Object.entries(leaderFaults))(
    'D1 D2 D5: the leader of the stream is %s, under load',
    async (fault, strike) => {
      await using cluster = await natsCluster();
      await stands(fault, cluster.urls, 3, async () => {
        const mend = await strike(await leaderOf(cluster.servers, STREAM));
        await pause(APART);
        await mend();
        await cluster.ready();
      });
    },
  );

  it('D1 D2 D5: the leader of the stream is cut off from the others, with the clients that it has, under load', async () => {
    await using cluster = await dividedCluster();
    await stands('partitioned', cluster.urls, 3, async () => {
      const alone = await leaderOf(cluster.servers, STREAM);
      cluster.isolate(alone);
      await pause(APART);
      // Were there a way around the proxies, it would lead on.
      const others = cluster.servers.filter((server) => server !== alone);
      expect(others).toContain(await leaderOf(others, STREAM));
      cluster.heal();
    });
  });
});

describe('a node whose connection swallows everything', () => {
  it('D1 D2 D5: is taken for dead, and does nothing twice when it is heard again', async () => {
    await using server = await natsServer();
    await using proxy = await proxyTo(server.port);
    await using other = await startCrew(1, { servers: server.url, system: 'shop', limits, hosts: 'shop' });
    const strike = async (): Promise<void> => {
      proxy.blackhole();
      await pause(APART / 2);
      proxy.heal();
    };
    await stands('blackholed', [server.url], 1, strike, [proxy.url]);
    expect(other.nodes).toHaveLength(1);
  });
});
