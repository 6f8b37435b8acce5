import { local, localNetwork } from '../../src/transport/local.ts';
import { conversationsContract } from './inspect-conversations.ts';
import { inspectContract } from './inspect.ts';
import type { Make } from './world.ts';

const make: Make = async () => {
  const network = localNetwork();
  return { transport: () => local(network), [Symbol.asyncDispose]: async () => undefined };
};

inspectContract('local', make);
conversationsContract('local', make);
