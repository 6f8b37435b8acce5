import { jetstream } from '../../src/durable/jetstream/store.ts';
import { defaultLimits } from '../../src/limits.ts';
import { silentLogger, systemClock } from '../../src/ports.ts';
import { natsServer } from '../support/server.ts';
import { deliveryContract } from './queue/delivery.ts';
import { failureContract } from './queue/failure.ts';
import { queueStoreContract } from './queue/store.ts';

const make = async () => {
  const server = await natsServer();
  return {
    async open(system: string) {
      const { shards, history } = defaultLimits;
      const options = { system, clock: systemClock, log: silentLogger, timeout: 5_000, shards, history };
      const journal = await jetstream({ servers: server.url }).open(options);
      return Object.assign(journal.queues!, { close: async () => journal.close() });
    },
    [Symbol.asyncDispose]: async () => server.stop(),
  };
};

deliveryContract('jetstream', make);
failureContract('jetstream', make);
queueStoreContract('jetstream', make);
