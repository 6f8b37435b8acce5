/** Recordings for the models of the inspector's page, made by running things. */
import {
  createRecorder,
  createSystem,
  defineSaga,
  defineService,
  defineWorkflow,
  local,
  localNetwork,
  silentLogger,
  TroupeError,
  type Recorder,
  type System,
} from 'troupe';
import { decodeRecording, type Recording } from 'troupe/testing';
import { opening } from '../../../examples/order-processing/opening.ts';
import type { Order } from '../../../examples/order-processing/order.ts';
import { startBank } from '../../../examples/order-processing/services/bank.ts';
import { startBooks } from '../../../examples/order-processing/services/books.ts';
import { startInventory } from '../../../examples/order-processing/services/inventory.ts';
import { startOrders } from '../../../examples/order-processing/services/orders.ts';
import { startPayment } from '../../../examples/order-processing/services/payment.ts';
import { styles, type Style } from '../../../examples/order-processing/styles/style.ts';

export interface Desk {
  book(input: { key: string; where: string }): Promise<{ booking: string }>;
  cancel(input: { key: string }): Promise<null>;
}

/** Recorded while `run` runs; all systems made by it have ended then. */
export async function recorded(run: (record: Recorder) => Promise<void>): Promise<Recording> {
  let text = '';
  await run(createRecorder({ system: 'runs', write: (line) => (text += line) }));
  return decodeRecording(text);
}

const ended = async (system: System, event: string, field: string, ids: readonly string[]): Promise<void> => {
  const open = new Set(ids);
  await new Promise<void>((resolve) => {
    system.subscribe<{ type: string } & Record<string, string>>(event, (said) => {
      open.delete(said[field] ?? '');
      if (open.size === 0) resolve();
    });
  });
};

/** examples/06-saga.ts: Lisbon goes well at the hotel's second attempt, in Venice there is no car. */
export const trips = async (): Promise<Recording> =>
  recorded(async (record) => {
    let shaky = true;
    const desk = (name: string) =>
      defineService<Desk>({
        book: async ({ key, where }) => {
          const isShaky = name === 'hotel' && shaky;
          if (name === 'hotel') shaky = false;
          if (isShaky) throw new TroupeError('SHAKY', 'the line is bad', { retryable: true });
          if (name === 'car' && where === 'Venice') throw new TroupeError('FULL', 'no car left in Venice');
          return { booking: key };
        },
        cancel: async () => null,
      });
    const trip = defineSaga<{ where: string }>({
      backoff: { initialInterval: 30 },
      steps: ['flight', 'hotel', 'car'].map((name) => ({
        name,
        perform: (step) => step.client<Desk>(`${name}s`).book({ key: step.key, where: step.data.where }),
        compensate: (step) => step.client<Desk>(`${name}s`).cancel({ key: step.key }),
      })),
    });
    await using system = await createSystem({ name: 'travel', log: silentLogger, record });
    for (const name of ['flight', 'hotel', 'car']) await system.serve(`${name}s`, desk(name), { input: {} });
    for (const where of ['Lisbon', 'Venice']) {
      const over = ended(system, where === 'Lisbon' ? 'saga.completed' : 'saga.compensated', 'saga', [where]);
      await system.spawn(trip.logic, { id: `trips/${where}`, input: trip.input(where, { where }) });
      await over;
    }
  });

/** examples/07-workflow.ts, smaller: two steps in parallel, one skipped, and one that succeeds when it is tried again. */
export const fulfilment = async (): Promise<Recording> =>
  recorded(async (record) => {
    const flow = defineWorkflow({
      id: 'fulfilment',
      steps: [
        { id: 'pay', service: 'payments', action: 'charge', next: ['ship'] },
        { id: 'pack', service: 'stock', action: 'pack', next: ['ship', 'gift'] },
        { id: 'gift', service: 'stock', action: 'wrap', when: { var: 'total', op: 'ge', value: 100 } },
        {
          id: 'ship',
          service: 'stock',
          action: 'ship',
          retry: { maxAttempts: 5, initialInterval: 20 },
        },
      ],
      variables: { total: 5 },
    });
    let tries = 0;
    const stock = defineService<{ pack(): string; wrap(): string; ship(): { shipped: boolean } }>({
      pack: () => 'packed',
      wrap: () => 'wrapped',
      ship: () => {
        if (tries++ === 0) throw new TroupeError('NO_LORRY', 'no lorry yet', { retryable: true });
        return { shipped: true };
      },
    });
    const payments = defineService<{ charge(): { receipt: string } }>({
      charge: () => ({ receipt: 'paid' }),
    });
    await using system = await createSystem({ name: 'shop', log: silentLogger, record });
    await system.serve('payments', payments, { input: {} });
    await system.serve('stock', stock, { input: {} });
    const over = ended(system, 'workflow.completed', 'workflow', ['42']);
    await system.spawn(flow.logic, { id: 'fulfilments/42', input: flow.input('42', {}) });
    await over;
  });

const order = (id: string, sku: string, price: number, card: Order['card'] = 'ok'): Order => ({
  id,
  customer: 'grace',
  card,
  items: [{ sku, quantity: 1, price }],
  amount: price,
});

/** examples/order-processing with three orders: one goes well, one card is declined, and of one thing there is not enough. */
export const shop = async (style: Style['name']): Promise<Recording> =>
  recorded(async (record) => {
    const network = localNetwork();
    const nodes: System[] = [];
    const join = async (node: string): Promise<System> => {
      const system = await createSystem({
        name: 'order-processing',
        node,
        transport: local(network),
        log: silentLogger,
        record,
      });
      nodes.unshift(system);
      return system;
    };
    const services = {
      books: startBooks,
      bank: startBank,
      payment: startPayment,
      inventory: startInventory,
      orders: startOrders,
    };
    for (const [node, start] of Object.entries(services)) await start(await join(node));
    const system = await join('shop');
    await system.ref('books').ask({ type: 'CALL', id: 'open', method: 'open', input: { run: 'r', opening } });
    const orders = [
      order('fine', 'tea', 450),
      order('declined', 'tea', 450, 'declined'),
      { ...order('missing', 'tea', 10), items: [{ sku: 'saffron', quantity: 1_000, price: 0 }] },
    ];
    const all = orders.map(async (each) => {
      const over = new Promise<void>((resolve) => {
        for (const event of ['order.confirmed', 'order.rejected'])
          system.subscribe<{ type: string; ticket: { order: Order } }>(event, ({ ticket }) => {
            if (ticket.order.id === each.id) resolve();
          });
      });
      await styles[style].place(system, { run: 'r', order: each });
      await over;
    });
    await Promise.all(all);
    for (const node of nodes) await node.stop();
  });
