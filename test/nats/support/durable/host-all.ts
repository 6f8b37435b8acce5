import type { System } from 'troupe';
import { alarm } from './alarm.ts';
import { shop } from './shop.ts';

/** Everything that nodes of these tests host, on one of them. */
export async function hostAll(system: System): Promise<void> {
  await system.host('order', shop.order, { input: (id) => ({ id }) });
  await system.host('stock', shop.stock);
  await system.host('payment', shop.payment);
  await system.host('alarm', alarm);
}
