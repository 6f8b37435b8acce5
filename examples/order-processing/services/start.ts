import { createSystem, defineService, type System, type Transport } from 'troupe';
import { systemName, vitalsOf, type ServiceName } from '../addresses.ts';
import type { Vitals } from '../contracts.ts';
import { quiet } from './quiet.ts';
import { startBank } from './bank.ts';
import { startBooks } from './books.ts';
import { startInventory } from './inventory.ts';
import { startOrders } from './orders.ts';
import { startPayment } from './payment.ts';

const starters: Readonly<Record<ServiceName, (system: System) => Promise<void>>> = {
  books: startBooks,
  bank: startBank,
  payment: startPayment,
  inventory: startInventory,
  orders: startOrders,
};

/** Start a service as a node of its own. The same whether the node has this process for itself or shares it. */
export async function startService(service: ServiceName, transport: Transport): Promise<System> {
  const system = await createSystem({ name: systemName, node: service, transport, log: quiet });
  const vitals = defineService<Vitals>({ read: () => vitalsOfSystem(system) });
  await system.serve(vitalsOf(service), vitals, { input: { name: vitalsOf(service) } });
  await starters[service](system);
  return system;
}

export function vitalsOfSystem(system: System): ReturnType<Vitals['read']> {
  const { sent, deadLetters } = system.stats();
  return {
    node: system.node,
    sent,
    deadLetters: Object.values(deadLetters).reduce((sum, count) => sum + count, 0),
  };
}
