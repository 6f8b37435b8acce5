import { connect } from 'nats';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/cli/nats-server/cluster.ts';
import type { Server } from '../../src/cli/nats-server/server.ts';
import { jetstream } from '../../src/durable/jetstream/store.ts';
import { encodeRecord } from '../../src/durable/record.ts';
import type { StoreOptions } from '../../src/durable/store.ts';
import { natsCluster } from '../support/server.ts';
import { appendLoad, goesOn, storedOf, storeOptions } from './support/store-load.ts';
import { leaderFaults } from './support/leader-faults.ts';

const CHAINS = 64;

/** The server that leads a stream, as the others see it. */
async function leaderOf(cluster: Cluster, stream: string, notThis?: Server): Promise<Server> {
  const servers = cluster.servers.filter((server) => server.running && server !== notThis);
  const connection = await connect({ servers: servers.map(({ url }) => url) });
  try {
    const manager = await connection.jetstreamManager({ timeout: 20_000 });
    const { cluster: group } = await manager.streams.info(stream);
    return cluster.servers.find(({ name }) => name === group?.leader)!;
  } finally {
    await connection.close();
  }
}

const open = async (cluster: Cluster, options: StoreOptions) =>
  jetstream({ servers: [...cluster.urls], replicas: 3 }).open(options);

describe('three replicas', () => {
  it.each(Object.entries(leaderFaults))(
    'J2 J3: the leader of the stream is %s, three times under load: every append ends, as what is stored says',
    async (_fault, strike) => {
      await using cluster = await natsCluster();
      const options = storeOptions({ timeout: 60_000 });
      const stream = `TROUPE_${options.system}`;
      const journal = await open(cluster, options);
      const load = appendLoad(journal, CHAINS);
      for (let round = 0; round < 3; round++) {
        await goesOn(load, 1_000, 60_000);
        const mend = await strike(await leaderOf(cluster, stream));
        await goesOn(load, 1_000, 60_000);
        await mend();
        await cluster.ready();
      }
      await goesOn(load, 1_000, 60_000);
      for (const { id, acknowledged, errors } of await load.halt()) {
        expect(errors, id).toEqual([]);
        expect(await storedOf(journal, id), id).toEqual(acknowledged);
      }
      await journal.close();
    },
  );

  it('J1: a node whose server was stopped does not write when it continues, for another node went on', async () => {
    await using cluster = await natsCluster();
    const options = storeOptions({ timeout: 30_000 });
    const stream = `TROUPE_${options.system}`;
    const journal = await open(cluster, options);
    const first = await journal.append('a', encodeRecord('first', false), 0);
    const leader = await leaderOf(cluster, stream);
    const stalled = await jetstream({ servers: leader.url, replicas: 3, ignoreClusterUpdates: true }).open({
      ...options,
      timeout: 60_000,
    });
    process.kill(leader.pid, 'SIGSTOP');
    const zombie = stalled.append('a', encodeRecord('zombie', false), first);
    const settled = expect(zombie).rejects.toMatchObject({ code: 'FENCED' });
    const second = await journal.append('a', encodeRecord('second', false), first);
    process.kill(leader.pid, 'SIGCONT');
    await settled;
    expect((await journal.load('a')).map(({ position }) => position)).toEqual([second]);
    await Promise.all([journal.close(), stalled.close()]);
  });

  it('J2: what one node was acknowledged, another sees at once, wherever it is connected', async () => {
    await using cluster = await natsCluster();
    const options = storeOptions();
    const journals = await Promise.all(
      cluster.urls.map(async (servers) => jetstream({ servers, replicas: 3 }).open(options)),
    );
    let last = 0;
    for (let round = 0; round < 3_000; round++) {
      last = await journals[round % 3]!.append('a', encodeRecord(round, false), last);
      const [entry] = await journals[(round + 1) % 3]!.load('a');
      expect(entry!.position).toBe(last);
    }
    await Promise.all(journals.map(async (journal) => journal.close()));
  });

  it('D5: what one node wants to be woken for, another finds at once, wherever it is connected', async () => {
    await using cluster = await natsCluster();
    const options = storeOptions();
    const journals = await Promise.all(
      cluster.urls.map(async (servers) => jetstream({ servers, replicas: 3 }).open(options)),
    );
    for (let round = 0; round < 300; round++) {
      const position = await journals[round % 3]!.wake('a', 3, round);
      const found = [];
      for await (const wake of journals[(round + 1) % 3]!.wakes(new Set([3]))) found.push(wake);
      expect(found).toEqual([{ id: 'a', at: round, position }]);
    }
    await Promise.all(journals.map(async (journal) => journal.close()));
  });

  it('waits for a cluster that is still coming up', async () => {
    await using cluster = await natsCluster();
    await Promise.all(cluster.servers.map(async (server) => server.kill()));
    const options = storeOptions({ timeout: 60_000 });
    const opening = open(cluster, options);
    await Promise.all(cluster.servers.map(async (server) => server.restart()));
    const journal = await opening;
    expect(await journal.append('a', encodeRecord(1, false), 0)).toBeGreaterThan(0);
    await journal.close();
  });
});
