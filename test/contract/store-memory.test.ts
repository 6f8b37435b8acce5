import { memory } from '../../src/durable/memory/store.ts';
import { storeContract } from './store.ts';

storeContract('memory', async () => {
  const store = memory();
  return { store: () => store, [Symbol.asyncDispose]: async () => undefined };
});
