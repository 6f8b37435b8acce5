import { local, localNetwork } from '../../src/transport/local.ts';
import { systemContract } from './system.ts';
import { transportContract } from './transport.ts';

const make = async () => {
  const network = localNetwork();
  return { transport: () => local(network), [Symbol.asyncDispose]: async () => undefined };
};

transportContract('local', make);
systemContract('local', make);
