import { local, localNetwork, memory } from '../../../src/index.ts';
import { durableContract } from './suite.ts';

durableContract('memory', async () => {
  const store = memory();
  const network = localNetwork();
  return {
    store: () => store,
    transport: () => local(network),
    [Symbol.asyncDispose]: async () => undefined,
  };
});
