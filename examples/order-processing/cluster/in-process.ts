import { createSystem, local, localNetwork, type System } from 'troupe';
import { services, systemName } from '../addresses.ts';
import { poison } from '../fragile.ts';
import { quiet } from '../services/quiet.ts';
import { startService } from '../services/start.ts';
import type { Cluster } from './cluster.ts';

/** Every service is a node of its own, all of them in this process; messages are copied as bytes, as over a network. */
export async function startInProcess(): Promise<Cluster> {
  const network = localNetwork();
  const nodes: System[] = [];
  for (const service of services) nodes.push(await startService(service, local(network)));
  const system = await createSystem({
    name: systemName,
    node: 'shop',
    transport: local(network),
    log: quiet,
  });
  return {
    mode: 'in-process',
    system,
    killed: 0,
    async strike(address) {
      system.ref(address).send(poison);
    },
    async stop() {
      for (const node of [system, ...nodes.reverse()]) await node.stop();
    },
  };
}
