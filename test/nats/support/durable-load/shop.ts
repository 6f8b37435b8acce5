import { assign, setup } from 'xstate';
import { ask, reply, tell, type AskLogic, type Logic, type System } from 'troupe';

/** What one order wants. */
export interface Purchase {
  readonly sku: string;
  readonly account: string;
  readonly quantity: number;
  readonly price: number;
}

export const SUPPLY = 600;
export const DEPOSIT = 20_000;

type Answer = { readonly type: 'DONE' | 'REFUSED' };
type Asked<TType extends string> = { type: TType; order: string; replyTo?: string };

/** Longer than any test takes: an answer that does not come by then was lost, ms. */
const PATIENCE = 600_000;

export interface OrderContext extends Purchase {
  readonly id: string;
}

interface Question {
  readonly type: string;
  readonly to: (order: OrderContext) => string;
  readonly amount: (order: OrderContext) => number;
}

const toStock = ({ sku }: OrderContext): string => `stock/${sku}`;
const toPayment = ({ account }: OrderContext): string => `payment/${account}`;
const reserve: Question = { type: 'RESERVE', to: toStock, amount: ({ quantity }) => quantity };
const release: Question = { type: 'RELEASE', to: toStock, amount: ({ quantity }) => quantity };
const charge: Question = { type: 'CHARGE', to: toPayment, amount: ({ price }) => price };

/** A step of the saga: ask, and go on by what is answered. */
const asking = <TState extends string>({ type, to, amount }: Question, done: TState, refused: TState) => ({
  invoke: {
    src: 'ask' as const,
    input: ({ context }: { context: OrderContext }) => ({
      to: to(context),
      event: { type, order: context.id, amount: amount(context) },
      timeout: PATIENCE,
    }),
    onDone: [{ guard: 'done' as const, target: done }, { target: refused }],
    onError: 'lost' as const,
  },
});

const order = setup({
  types: {
    context: {} as OrderContext,
    input: {} as { id: string },
    events: {} as { type: 'PLACE' } & Purchase,
  },
  actors: { ask: ask as AskLogic<Answer> },
  actions: {
    take: assign(({ event: { sku, account, quantity, price } }) => ({ sku, account, quantity, price })),
    ship: tell(
      ({ context }) => toStock(context),
      ({ context: { id, quantity } }) => ({ type: 'SHIP', order: id, amount: quantity }),
    ),
  },
  guards: { done: ({ event }) => (event as unknown as { output: Answer }).output.type === 'DONE' },
}).createMachine({
  id: 'order',
  context: ({ input }) => ({ id: input.id, sku: '', account: '', quantity: 0, price: 0 }),
  initial: 'open',
  states: {
    open: { on: { PLACE: { target: 'reserving', actions: 'take' } } },
    reserving: asking(reserve, 'charging', 'rejected'),
    charging: asking(charge, 'completed', 'releasing'),
    releasing: asking(release, 'cancelled', 'lost'),
    completed: { entry: 'ship' },
    cancelled: {},
    rejected: {},
    lost: {},
  },
});

/** What is left of something, and who had how much of it. What it takes twice it counts twice. */
export interface Holding {
  readonly left: number;
  readonly held: number;
  readonly gone: number;
  /** `<what> <order>`, in the order taken. */
  readonly log: readonly string[];
}

type HoldingEvent = Asked<'RESERVE' | 'RELEASE' | 'SHIP' | 'CHARGE'> & { amount: number };

const noted = (context: Holding, { type, order }: HoldingEvent): readonly string[] => [
  ...context.log,
  `${type} ${order}`,
];

const holding = (id: string, left: number) =>
  setup({
    types: { context: {} as Holding, events: {} as HoldingEvent },
    guards: { enough: ({ context, event }) => event.amount <= context.left },
    actions: {
      note: assign({ log: ({ context, event }) => noted(context, event) }),
      hold: assign(({ context: { left, held }, event: { amount } }) => ({
        left: left - amount,
        held: held + amount,
      })),
      giveBack: assign(({ context: { left, held }, event: { amount } }) => ({
        left: left + amount,
        held: held - amount,
      })),
      letGo: assign(({ context: { held, gone }, event: { amount } }) => ({
        held: held - amount,
        gone: gone + amount,
      })),
      spend: assign(({ context: { left, gone }, event: { amount } }) => ({
        left: left - amount,
        gone: gone + amount,
      })),
      done: reply({ type: 'DONE' }),
      refuse: reply({ type: 'REFUSED' }),
    },
  }).createMachine({
    id,
    context: { left, held: 0, gone: 0, log: [] },
    on: {
      RESERVE: [{ guard: 'enough', actions: ['hold', 'note', 'done'] }, { actions: ['note', 'refuse'] }],
      RELEASE: { actions: ['giveBack', 'note', 'done'] },
      SHIP: { actions: ['letGo', 'note'] },
      CHARGE: [{ guard: 'enough', actions: ['spend', 'note', 'done'] }, { actions: ['note', 'refuse'] }],
    },
  });

const stock: Logic = holding('stock', SUPPLY);
const payment: Logic = holding('payment', DEPOSIT);

/** Host all that an order needs. */
export async function hostShop(system: System): Promise<void> {
  await system.host('order', order, { input: (id) => ({ id }) });
  await system.host('stock', stock);
  await system.host('payment', payment);
}
