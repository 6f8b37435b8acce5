import { createClient, createSystem, local, localNetwork, memory, silentLogger, type System } from 'troupe';
import { services, systemName } from '../../../examples/order-processing/addresses.ts';
import type { Books } from '../../../examples/order-processing/contracts.ts';
import { opening } from '../../../examples/order-processing/opening.ts';
import type { Order } from '../../../examples/order-processing/order.ts';
import { startService } from '../../../examples/order-processing/services/start.ts';
import { styles, type Style } from '../../../examples/order-processing/styles/style.ts';
import { orderMachine } from './order-machine.ts';

/** The books of every run in a test are kept under this name. */
export const RUN = 'today';

/** The order system of examples/order-processing in this process, and a node of our own that hosts durable orders. */
export interface Shop extends AsyncDisposable {
  readonly system: System;
  /** Every node, ours first. */
  readonly nodes: readonly System[];
  /** Resolves with the outcome of each: `order.confirmed` or `order.rejected`. */
  process(orders: readonly Order[], style: Style['name']): Promise<readonly string[]>;
}

export const orderOf = (id: string, card: Order['card'] = 'ok', sku = 'tea', quantity = 1): Order => ({
  id,
  customer: 'grace',
  card,
  items: [{ sku, quantity, price: 450 }],
  amount: 450 * Math.min(quantity, 10),
});

interface Outcome {
  readonly type: string;
  readonly ticket: { readonly order: { readonly id: string } };
}

export async function startShop(): Promise<Shop> {
  const network = localNetwork();
  const nodes: System[] = [];
  for (const service of services) nodes.unshift(await startService(service, local(network)));
  const system = await createSystem({
    name: systemName,
    node: 'shop',
    transport: local(network),
    log: silentLogger,
    store: memory(),
  });
  nodes.unshift(system);
  await createClient<Books>(system.ref('books')).open({ run: RUN, opening });
  await system.host('parcel', orderMachine, { input: (key) => ({ orderId: key }) });
  return {
    system,
    nodes,
    process: async (orders, style) =>
      Promise.all(
        orders.map(async (order) => {
          const over = new Promise<string>((resolve) => {
            for (const event of ['order.confirmed', 'order.rejected'])
              system.subscribe<Outcome>(event, ({ type, ticket }) => {
                if (ticket.order.id === order.id) resolve(type);
              });
          });
          await styles[style].place(system, { run: RUN, order });
          return over;
        }),
      ),
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node.stop();
    },
  };
}
