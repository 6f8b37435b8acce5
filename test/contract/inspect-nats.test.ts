import { nats } from '../../src/transport/nats.ts';
import { natsServer } from '../support/server.ts';
import { inspectContract } from './inspect.ts';

inspectContract('nats', async () => {
  const server = await natsServer({ jetstream: false });
  return {
    transport: () => nats({ servers: server.url }),
    [Symbol.asyncDispose]: async () => server.stop(),
  };
});
