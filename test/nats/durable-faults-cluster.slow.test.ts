import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { natsCluster, natsServer } from '../support/server.ts';
import { atRest, audit } from './support/durable-load/audit.ts';
import { startCrew } from './support/durable-load/crew.ts';
import { dividedCluster } from './support/durable-load/divided.ts';
import { limits, startDriver } from './support/durable-load/driver.ts';
import { leaderOf } from './support/durable-load/leader.ts';
import { makeOrders, place } from './support/durable-load/orders.ts';
import { reportOf } from './support/durable-load/report.ts';
import { proxyTo } from './support/proxy.ts';
import { leaderFaults } from './support/leader-faults.ts';

const NODES = 2;
const ORDERS = 800;
const AT_A_TIME = 32;
const ROUNDS = 2;
/** Longer than an election takes, ms. */
const APART = 12_000;
const STREAM = 'TROUPE_shop';

/** Place orders and let something happen to the servers again and again; then look whether all is as it should be. */
async function withstand(
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
  const began = performance.now();
  const placing = place(driver, orders, AT_A_TIME);
  for (let round = 0; round < ROUNDS; round++) {
    await placing.more(ORDERS / (ROUNDS + 2));
    await strike();
  }
  await placing.done;
  const placed = performance.now() - began;
  const ends = audit(await atRest(driver.journal, orders, 90_000), orders);
  console.log(what, reportOf({ driver, crew, placing, placed, ends }));
}

describe('three servers that keep three replicas', () => {
  it.each(Object.entries(leaderFaults))(
    'D1 D2 D5: the leader of the stream is %s, under load',
    async (fault, strike) => {
      await using cluster = await natsCluster();
      await withstand(fault, cluster.urls, 3, async () => {
        const mend = await strike(await leaderOf(cluster.servers, STREAM));
        await pause(APART);
        await mend();
        await cluster.ready();
      });
    },
  );

  it('D1 D2 D5: the leader of the stream is cut off from the others, with the clients that it has, under load', async () => {
    await using cluster = await dividedCluster();
    await withstand('partitioned', cluster.urls, 3, async () => {
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
    await withstand('blackholed', [server.url], 1, strike, [proxy.url]);
    expect(other.nodes).toHaveLength(1);
  });
});
