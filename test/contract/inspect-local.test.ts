import { local, localNetwork } from '../../src/transport/local.ts';
import { conversationsContract } from './inspect-conversations.ts';
import { inspectContract } from './inspect.ts';
import { permissionsContract } from './inspect-permissions.ts';
import { reachContract } from './inspect-reach.ts';
import { storedContract } from './inspect-stored.ts';
import type { Make } from './world.ts';

const make: Make = async () => {
  const network = localNetwork();
  return { transport: () => local(network), [Symbol.asyncDispose]: async () => undefined };
};

inspectContract('local', make);
conversationsContract('local', make);
permissionsContract('local', make);
reachContract('local', make);
storedContract('local', make);
