import { nats } from '../../src/transport/nats.ts';
import { natsServer } from '../support/server.ts';
import { systemContract } from './system.ts';
import { transportContract } from './transport.ts';

const make = async () => {
  const server = await natsServer({ jetstream: false });
  return {
    transport: () => nats({ servers: server.url }),
    [Symbol.asyncDispose]: async () => server.stop(),
  };
};

transportContract('nats', make);
systemContract('nats', make);
