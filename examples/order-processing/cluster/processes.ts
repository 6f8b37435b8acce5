import { createSystem } from 'troupe';
import { nats } from 'troupe/nats';
import { services, systemName, type ServiceName } from '../addresses.ts';
import { quiet } from '../services/quiet.ts';
import { endChild, startChild } from './child.ts';
import type { Cluster } from './cluster.ts';
import { natsServer } from './server.ts';

/** Every service is a process of its own; they meet on a NATS server. */
export async function startProcesses(): Promise<Cluster> {
  const server = await natsServer();
  const children = new Map<ServiceName, Awaited<ReturnType<typeof startChild>>>();
  const end = async (): Promise<void> => {
    await Promise.all([...children.values()].map(async (child) => endChild(child, 'SIGTERM')));
    await server.stop();
  };
  try {
    await Promise.all(
      services.map(async (service) => children.set(service, await startChild(service, server.url))),
    );
    const system = await createSystem({
      name: systemName,
      node: 'shop',
      transport: nats({ servers: server.url.split(',') }),
      log: quiet,
    });
    let killed = 0;
    return {
      mode: 'nats',
      system,
      get killed() {
        return killed;
      },
      async strike() {
        await endChild(children.get('payment')!, 'SIGKILL');
        killed += 1;
        children.set('payment', await startChild('payment', server.url));
      },
      async stop() {
        await system.stop();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
