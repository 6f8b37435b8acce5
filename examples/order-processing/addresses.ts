import type { Ticket } from './order.ts';

/** The services in the order in which they are started; each is a node, and under `--nats` a process. */
export const services = ['books', 'bank', 'payment', 'inventory', 'orders'] as const;
export type ServiceName = (typeof services)[number];

/** All systems of this name on one NATS server are one cluster. */
export const systemName = 'order-processing';

/** One breaker for all who call the bank, wherever they run. */
export const breaker = 'breaker/bank';

export const ledgerOf = (run: string): string => `ledger/${run}`;
export const stockOf = (run: string): string => `stock/${run}`;
export const orderBookOf = (run: string): string => `order-book/${run}`;
export const vitalsOf = (service: ServiceName): string => `vitals/${service}`;

/** Names an order in all of the cluster. */
export const keyOf = ({ run, order }: Ticket): string => `${run}/${order.id}`;
