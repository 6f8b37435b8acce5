import { local, localNetwork } from '../../src/transport/local.ts';
import { inspectContract } from './inspect.ts';

inspectContract('local', async () => {
  const network = localNetwork();
  return { transport: () => local(network), [Symbol.asyncDispose]: async () => undefined };
});
