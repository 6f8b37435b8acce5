import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { file } from '../../src/durable/file/store.ts';
import { storeContract } from './store.ts';

const make = (options: Parameters<typeof file>[1]) => async () => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-store-'));
  return {
    store: () => file(join(folder, 'store'), options),
    [Symbol.asyncDispose]: async () => rm(folder, { recursive: true }),
  };
};

storeContract('file', make({}));
storeContract('file, flushed', make({ durability: 'power' }));
