import { jetstream } from '../../src/durable/jetstream/store.ts';
import { natsCluster } from '../support/server.ts';
import { storeContract } from './store.ts';

/** Three servers, three replicas; each node is connected to another server. */
storeContract('JetStream R3', async () => {
  const cluster = await natsCluster();
  let opened = 0;
  return {
    store() {
      const first = opened++ % cluster.urls.length;
      const servers = [...cluster.urls.slice(first), ...cluster.urls.slice(0, first)];
      return jetstream({ servers, replicas: 3 });
    },
    async crash() {
      await Promise.all(cluster.servers.map(async (server) => server.kill()));
      await Promise.all(cluster.servers.map(async (server) => server.restart()));
      await cluster.ready();
    },
    [Symbol.asyncDispose]: async () => cluster.stop(),
  };
});
