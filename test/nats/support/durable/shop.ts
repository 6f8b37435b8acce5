import { assign, fromPromise, setup } from 'xstate';
import { ask, reply, tell, type AskLogic } from 'troupe';
import { hostOf } from '../../../../src/actor/host.ts';

/** A shop of durable virtual actors: an order reserves stock, charges an account, and is shipped; what was reserved is given back when the account cannot pay. */
export interface Purchase {
  readonly sku: string;
  readonly account: string;
  readonly quantity: number;
  readonly price: number;
}

export interface OrderContext extends Purchase {
  readonly id: string;
}

export const SUPPLY = 10;
export const DEPOSIT = 1_000;

type Answer = { readonly type: 'RESERVED' | 'SOLD_OUT' | 'RELEASED' | 'CHARGED' | 'REFUSED' };

/** Longer than any recovery takes: an answer that does not come by then was lost. */
const PATIENCE = 60_000;
/** Of one attempt to write to the world outside, ms. */
const WRITING = 1_000;

/** Tells the world outside until it answers, by one key: that it is asked twice cannot be helped (D4). */
const ship = fromPromise<undefined, { readonly order: string }>(
  async ({ input: { order }, system, signal }) => {
    const host = hostOf(system, 'ship');
    while (!signal.aborted) {
      const event = { type: 'RECORD', key: host.key, order };
      const written = await host.ask('ledger', event, { timeout: WRITING, signal }).then(
        () => true,
        () => false,
      );
      if (written) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return undefined;
  },
);

const order = setup({
  types: {
    context: {} as OrderContext,
    input: {} as { id: string },
    events: {} as { type: 'PLACE' } & Purchase,
  },
  actors: { ask: ask as AskLogic<Answer>, ship },
  actions: {
    take: assign(({ event: { sku, account, quantity, price } }) => ({ sku, account, quantity, price })),
    sayShipped: tell(
      ({ context }) => `stock/${context.sku}`,
      ({ context }) => ({ type: 'SHIP', order: context.id }),
    ),
    saySettled: tell(
      ({ context }) => `payment/${context.account}`,
      ({ context }) => ({ type: 'SETTLE', order: context.id }),
    ),
  },
  guards: {
    says: ({ event }, type: Answer['type']) => (event as unknown as { output: Answer }).output.type === type,
  },
}).createMachine({
  id: 'order',
  context: ({ input }) => ({ id: input.id, sku: '', account: '', quantity: 0, price: 0 }),
  initial: 'open',
  states: {
    open: { on: { PLACE: { target: 'reserving', actions: 'take' } } },
    reserving: {
      invoke: {
        src: 'ask',
        input: ({ context: { id, sku, quantity } }) => ({
          to: `stock/${sku}`,
          event: { type: 'RESERVE', order: id, quantity },
          timeout: PATIENCE,
        }),
        onDone: [{ guard: { type: 'says', params: 'RESERVED' }, target: 'charging' }, { target: 'rejected' }],
        onError: 'lost',
      },
    },
    charging: {
      invoke: {
        src: 'ask',
        input: ({ context: { id, account, price } }) => ({
          to: `payment/${account}`,
          event: { type: 'CHARGE', order: id, amount: price },
          timeout: PATIENCE,
        }),
        onDone: [{ guard: { type: 'says', params: 'CHARGED' }, target: 'shipping' }, { target: 'releasing' }],
        onError: 'lost',
      },
    },
    shipping: {
      invoke: { src: 'ship', input: ({ context }) => ({ order: context.id }), onDone: 'completed' },
    },
    releasing: {
      invoke: {
        src: 'ask',
        input: ({ context: { id, sku } }) => ({
          to: `stock/${sku}`,
          event: { type: 'RELEASE', order: id },
          timeout: PATIENCE,
        }),
        onDone: 'cancelled',
        onError: 'lost',
      },
    },
    completed: { entry: ['sayShipped', 'saySettled'] },
    cancelled: {},
    rejected: {},
    lost: {},
  },
});

export interface StockContext {
  readonly available: number;
  readonly reserved: Readonly<Record<string, number>>;
  readonly shipped: number;
  /** What it took, in order. */
  readonly log: readonly string[];
}

type StockEvent =
  | { type: 'RESERVE'; order: string; quantity: number; replyTo?: string }
  | { type: 'RELEASE' | 'SHIP'; order: string; replyTo?: string };

interface Stocked {
  readonly context: StockContext;
  readonly event: StockEvent;
}

const noted = ({ context, event }: Stocked): readonly string[] => [
  ...context.log,
  `${event.type} ${event.order}`,
];

const without = (
  { reserved }: StockContext,
  order: string,
): { readonly quantity: number; readonly reserved: Readonly<Record<string, number>> } => {
  const { [order]: quantity = 0, ...rest } = reserved;
  return { quantity, reserved: rest };
};

/** It keeps no keys: what it takes twice, it counts twice. */
const stock = setup({ types: { context: {} as StockContext, events: {} as StockEvent } }).createMachine({
  id: 'stock',
  context: { available: SUPPLY, reserved: {}, shipped: 0, log: [] },
  on: {
    RESERVE: [
      {
        guard: ({ context, event }) => event.quantity <= context.available,
        actions: [
          assign(({ context, event }) => ({
            available: context.available - event.quantity,
            reserved: {
              ...context.reserved,
              [event.order]: (context.reserved[event.order] ?? 0) + event.quantity,
            },
            log: noted({ context, event }),
          })),
          reply({ type: 'RESERVED' }),
        ],
      },
      { actions: [assign({ log: noted }), reply({ type: 'SOLD_OUT' })] },
    ],
    RELEASE: {
      actions: [
        assign(({ context, event }) => {
          const { quantity, reserved } = without(context, event.order);
          return { available: context.available + quantity, reserved, log: noted({ context, event }) };
        }),
        reply({ type: 'RELEASED' }),
      ],
    },
    SHIP: {
      actions: assign(({ context, event }) => {
        const { quantity, reserved } = without(context, event.order);
        return { shipped: context.shipped + quantity, reserved, log: noted({ context, event }) };
      }),
    },
  },
});

export interface PaymentContext {
  readonly balance: number;
  readonly charged: number;
  readonly settled: number;
  readonly log: readonly string[];
}

type PaymentEvent =
  { type: 'CHARGE'; order: string; amount: number; replyTo?: string } | { type: 'SETTLE'; order: string };

const booked = ({ context, event }: { context: PaymentContext; event: PaymentEvent }): readonly string[] => [
  ...context.log,
  `${event.type} ${event.order}`,
];

const payment = setup({ types: { context: {} as PaymentContext, events: {} as PaymentEvent } }).createMachine(
  {
    id: 'payment',
    context: { balance: DEPOSIT, charged: 0, settled: 0, log: [] },
    on: {
      CHARGE: [
        {
          guard: ({ context, event }) => event.amount <= context.balance,
          actions: [
            assign(({ context, event }) => ({
              balance: context.balance - event.amount,
              charged: context.charged + event.amount,
              log: booked({ context, event }),
            })),
            reply({ type: 'CHARGED' }),
          ],
        },
        { actions: [assign({ log: booked }), reply({ type: 'REFUSED' })] },
      ],
      SETTLE: {
        actions: assign(({ context, event }) => ({
          settled: context.settled + 1,
          log: booked({ context, event }),
        })),
      },
    },
  },
);

/** What was written outside, as it came. */
export interface Writing {
  readonly key: string;
  readonly order: string;
}

type WritingEvent = { type: 'RECORD'; replyTo?: string } & Writing;

/** The world outside: no actor of it is durable, and it is not asked twice with impunity: whoever writes gives a key. */
export const ledgerInto = (written: Writing[]) =>
  setup({
    types: { events: {} as WritingEvent },
    actions: {
      write: ({ event: { key, order: id } }) => void written.push({ key, order: id }),
    },
  }).createMachine({
    id: 'ledger',
    on: { RECORD: { actions: ['write', reply({ type: 'RECORDED' })] } },
  });

export const shop = { order, stock, payment } as const;
