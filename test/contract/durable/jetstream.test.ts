import { jetstream } from '../../../src/durable/jetstream/store.ts';
import { nats } from '../../../src/transport/nats.ts';
import { natsServer } from '../../support/server.ts';
import { durableContract } from './suite.ts';

durableContract('JetStream', async () => {
  const server = await natsServer();
  return {
    store: () => jetstream({ servers: server.url }),
    transport: () => nats({ servers: server.url }),
    [Symbol.asyncDispose]: async () => server.stop(),
  };
});
