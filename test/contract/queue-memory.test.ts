import { MemoryQueueData } from '../../src/durable/memory/queue.ts';
import { systemClock } from '../../src/ports.ts';
import { deliveryContract } from './queue/delivery.ts';
import { failureContract } from './queue/failure.ts';
import { queueStoreContract } from './queue/store.ts';

const make = async () => {
  const data = new MemoryQueueData();
  return Promise.resolve({
    open: async (system: string) =>
      Promise.resolve(
        Object.assign(data.open(system, systemClock), { close: async () => Promise.resolve() }),
      ),
    [Symbol.asyncDispose]: async () => Promise.resolve(),
  });
};

deliveryContract('memory', make);
failureContract('memory', make);
queueStoreContract('memory', make);
