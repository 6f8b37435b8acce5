import { nats } from '../../src/transport/nats.ts';
import { natsServer } from '../support/server.ts';
import { conversationsContract } from './inspect-conversations.ts';
import { inspectContract } from './inspect.ts';
import { permissionsContract } from './inspect-permissions.ts';
import { reachContract } from './inspect-reach.ts';
import { storedContract } from './inspect-stored.ts';
import type { Make } from './world.ts';

const make: Make = async () => {
  const server = await natsServer({ jetstream: false });
  return {
    transport: () => nats({ servers: server.url }),
    [Symbol.asyncDispose]: async () => server.stop(),
  };
};

inspectContract('nats', make);
conversationsContract('nats', make);
permissionsContract('nats', make);
reachContract('nats', make);
storedContract('nats', make);
