import { memory } from '../../src/durable/memory.ts';
import { storeContract } from './store.ts';

storeContract('memory', async () => {
  const store = memory();
  return { store: () => store, [Symbol.asyncDispose]: async () => undefined };
});
