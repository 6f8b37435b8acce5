import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { file } from '../../../src/durable/file/store.ts';
import { local, localNetwork } from '../../../src/index.ts';
import { durableContract } from './suite.ts';

durableContract('file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-durable-'));
  const network = localNetwork();
  return {
    store: () => file(join(folder, 'store')),
    transport: () => local(network),
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true }),
  };
});
