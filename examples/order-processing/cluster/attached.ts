import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, createSystem, TroupeError, type System } from 'troupe';
import { nats } from 'troupe/nats';
import { services, systemName, vitalsOf, type ServiceName } from '../addresses.ts';
import type { Vitals } from '../contracts.ts';
import { poison } from '../fragile.ts';
import { quiet } from '../services/quiet.ts';
import type { Cluster } from './cluster.ts';

const patience = 30_000;
const pause = 250;

/** The services run elsewhere, as containers for instance: join them over the server at NATS_URL, and wait until all are there. */
export async function attach(): Promise<Cluster> {
  const url = process.env['NATS_URL'] ?? 'nats://127.0.0.1:4222';
  const transport = nats({ servers: url.split(',') });
  const system = await createSystem({ name: systemName, node: 'shop', transport, log: quiet });
  try {
    const giveUp = AbortSignal.timeout(patience);
    await Promise.all(services.map(async (service) => isThere(system, service, giveUp)));
  } catch (error) {
    await system.stop();
    throw error;
  }
  return {
    mode: 'nats',
    system,
    killed: 0,
    strike: async (address) => {
      system.ref(address).send(poison);
      return Promise.resolve();
    },
    stop: async () => system.stop(),
  };
}

async function isThere(system: System, service: ServiceName, giveUp: AbortSignal): Promise<void> {
  const client = createClient<Vitals>(system.ref(vitalsOf(service)), { timeout: pause });
  for (;;) {
    try {
      await client.read(null);
      return;
    } catch (cause) {
      if (giveUp.aborted) {
        const why = `The service "${service}" did not answer within ${patience} ms: start it with service.ts ${service}.`;
        throw new TroupeError('SERVICE_MISSING', why, { cause });
      }
      await sleep(pause);
    }
  }
}
