/**
 * The order saga, durable: an order reserves tea, charges an account and has the tea posted; what was reserved is given back when the account
 * cannot pay. Stock and bank keep no keys of what they have done: whatever they took twice, they would count twice.
 */
import { assign, fromPromise, setup } from 'xstate';
import { ask, idempotencyKey, reply, tell, type Message, type System } from 'troupe';

export const SUPPLY = 10;
export const DEPOSIT = 100;

export interface Purchase {
  readonly pounds: number;
  readonly crowns: number;
}

/** The world outside: it takes whatever it is given, and knows by the key that it is the same. */
export type Post = (key: string, order: string) => Promise<void>;

interface OrderContext extends Purchase {
  readonly id: string;
}

/** Longer than any recovery takes, ms: an answer that has not come by then was lost. */
const PATIENCE = 60_000;

const question = (to: string, type: string) => ({
  src: 'ask' as const,
  input: ({ context: { id, pounds, crowns } }: { context: OrderContext }) => ({
    to,
    event: { type, order: id, pounds, crowns },
    timeout: PATIENCE,
  }),
});

const answered = (type: string) => ({
  guard: ({ event }: { event: unknown }) => (event as { output: Message }).output.type === type,
});

const orderOf = (post: Post) =>
  setup({
    types: {
      context: {} as OrderContext,
      input: {} as { id: string },
      events: {} as { type: 'PLACE' } & Purchase,
    },
    actors: {
      ask,
      post: fromPromise(async ({ input, system }: { input: { order: string }; system: object }) =>
        post(idempotencyKey({ system }), input.order),
      ),
    },
    actions: {
      take: assign(({ event: { pounds, crowns } }) => ({ pounds, crowns })),
      sayShipped: tell('stock/tea', ({ context: { id } }) => ({ type: 'SHIPPED', order: id })),
    },
  }).createMachine({
    id: 'order',
    context: ({ input: { id } }) => ({ id, pounds: 0, crowns: 0 }),
    initial: 'open',
    states: {
      open: { on: { PLACE: { target: 'reserving', actions: 'take' } } },
      reserving: {
        invoke: {
          ...question('stock/tea', 'RESERVE'),
          onDone: [{ ...answered('RESERVED'), target: 'charging' }, { target: 'rejected' }],
          onError: 'lost',
        },
      },
      charging: {
        invoke: {
          ...question('bank/ann', 'CHARGE'),
          onDone: [{ ...answered('CHARGED'), target: 'posting' }, { target: 'releasing' }],
          onError: 'lost',
        },
      },
      posting: {
        invoke: {
          src: 'post',
          input: ({ context: { id } }) => ({ order: id }),
          onDone: 'completed',
          onError: 'lost',
        },
      },
      releasing: {
        invoke: { ...question('stock/tea', 'RELEASE'), onDone: 'compensated', onError: 'lost' },
      },
      completed: { entry: 'sayShipped' },
      compensated: {},
      rejected: {},
      lost: {},
    },
  });

export interface StockContext {
  readonly available: number;
  readonly reserved: number;
  readonly shipped: number;
  /** What it took, in order. */
  readonly log: readonly string[];
}

type StockEvent = {
  type: 'RESERVE' | 'RELEASE' | 'SHIPPED';
  order: string;
  pounds: number;
  replyTo?: string;
};

const stock = setup({
  types: { context: {} as StockContext, events: {} as StockEvent },
  actions: {
    note: assign({ log: ({ context, event }) => [...context.log, event.type] }),
    move: assign(({ context: { available, reserved } }, pounds: number) => ({
      available: available - pounds,
      reserved: reserved + pounds,
    })),
  },
}).createMachine({
  id: 'stock',
  context: { available: SUPPLY, reserved: 0, shipped: 0, log: [] },
  on: {
    RESERVE: [
      {
        guard: ({ context, event }) => event.pounds <= context.available,
        actions: ['note', { type: 'move', params: ({ event }) => event.pounds }, reply({ type: 'RESERVED' })],
      },
      { actions: ['note', reply({ type: 'SOLD_OUT' })] },
    ],
    RELEASE: {
      actions: ['note', { type: 'move', params: ({ event }) => -event.pounds }, reply({ type: 'RELEASED' })],
    },
    SHIPPED: {
      actions: [
        'note',
        assign(({ context: { reserved, shipped } }) => ({ reserved: 0, shipped: shipped + reserved })),
      ],
    },
  },
});

export interface BankContext {
  readonly balance: number;
  readonly charged: number;
  readonly log: readonly string[];
}

const bank = setup({
  types: {
    context: {} as BankContext,
    events: {} as { type: 'CHARGE'; order: string; crowns: number; replyTo?: string },
  },
  actions: {
    note: assign({ log: ({ context, event }) => [...context.log, event.type] }),
    charge: assign(({ context: { balance, charged }, event: { crowns } }) => ({
      balance: balance - crowns,
      charged: charged + crowns,
    })),
  },
}).createMachine({
  id: 'bank',
  context: { balance: DEPOSIT, charged: 0, log: [] },
  on: {
    CHARGE: [
      {
        guard: ({ context, event }) => event.crowns <= context.balance,
        actions: ['note', 'charge', reply({ type: 'CHARGED' })],
      },
      { actions: ['note', reply({ type: 'REFUSED' })] },
    ],
  },
});

/** Host all that the shop is made of on a node. */
export async function openShop(system: System, post: Post): Promise<void> {
  await system.host('order', orderOf(post), { input: (id) => ({ id }) });
  await system.host('stock', stock);
  await system.host('bank', bank);
}
