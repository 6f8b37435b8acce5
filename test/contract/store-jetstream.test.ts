import { jetstream } from '../../src/durable/jetstream/store.ts';
import { natsServer } from '../support/server.ts';
import { storeContract } from './store.ts';

storeContract('JetStream', async () => {
  const server = await natsServer();
  return {
    store: () => jetstream({ servers: server.url }),
    async crash() {
      await server.kill();
      await server.restart();
    },
    [Symbol.asyncDispose]: async () => server.stop(),
  };
});
