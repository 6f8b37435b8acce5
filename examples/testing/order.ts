/** The running example of docs/testing.md: an order that is paid at a bank, over a network that loses messages. */
import { assign, setup } from 'xstate';
import { tell } from 'troupe';
import { always, defineSystem, eventually, sometimes, type ActorView, type System } from 'troupe/testing';

export const order = setup({
  types: {
    context: {} as { total: number; tries: number },
    events: {} as { type: 'ADD'; cents: number } | { type: 'PLACE' | 'PAID' | 'DECLINED' },
  },
  guards: {
    isPrice: ({ event }) => event.type === 'ADD' && event.cents > 0,
    isFilled: ({ context }) => context.total > 0,
    mayTryAgain: ({ context }) => context.tries < 2,
  },
  actions: {
    add: assign(({ context, event }) => (event.type === 'ADD' ? { total: context.total + event.cents } : {})),
    count: assign({ tries: ({ context }) => context.tries + 1 }),
    charge: tell('bank', ({ context }) => ({ type: 'CHARGE', order: 7, cents: context.total })),
  },
}).createMachine({
  id: 'order',
  context: { total: 0, tries: 0 },
  initial: 'open',
  states: {
    open: {
      on: { ADD: { guard: 'isPrice', actions: 'add' }, PLACE: { guard: 'isFilled', target: 'paying' } },
    },
    paying: {
      entry: ['count', 'charge'],
      on: { PAID: 'paid', DECLINED: 'declined' },
      // Nothing was heard for a second: ask once more, then give up.
      after: { 1_000: [{ guard: 'mayTryAgain', target: 'paying', reenter: true }, { target: 'failed' }] },
    },
    paid: { type: 'final' },
    declined: { type: 'final' },
    failed: { type: 'final' },
  },
});

/** @param remembers does it know which orders it was paid for? */
export const bank = (remembers: boolean) =>
  setup({
    types: {
      context: {} as { balance: number; paid: number[] },
      events: {} as { type: 'CHARGE'; order: number; cents: number },
    },
    guards: {
      isKnown: ({ context, event }) => remembers && context.paid.includes(event.order),
      isCovered: ({ context, event }) => event.cents <= context.balance,
    },
    actions: {
      take: assign({
        balance: ({ context, event }) => context.balance - event.cents,
        paid: ({ context, event }) => [...context.paid, event.order],
      }),
      paid: tell('order', { type: 'PAID' }),
      declined: tell('order', { type: 'DECLINED' }),
    },
  }).createMachine({
    id: 'bank',
    context: { balance: 250, paid: [] },
    on: {
      CHARGE: [
        { guard: 'isKnown', actions: 'paid' },
        { guard: 'isCovered', actions: ['take', 'paid'] },
        { actions: 'declined' },
      ],
    },
  });

interface Params {
  readonly remembers?: boolean;
  readonly lose?: number;
}

const openChoices = [{ type: 'ADD', cents: 100 }, { type: 'PLACE' }];
const paidOrders = (bank: ActorView | undefined) =>
  (bank?.context as { paid: number[] } | undefined)?.paid ?? [];

export const system = ({ remembers = true, lose = 1 }: Params = {}): System =>
  defineSystem({
    name: 'shop',
    actors: {
      // What nobody of the system sends comes of its environment: here, the customer.
      order: {
        logic: order,
        choices: ({ context }) =>
          (context as { total: number }).total < 200 ? openChoices : [{ type: 'PLACE' }],
      },
      bank: { logic: bank(remembers) },
    },
    faults: { lose },
    // Answers take less than a second, unless they are lost.
    timers: 'quiet',
    properties: [
      always('it is paid once', ({ actors }) => paidOrders(actors['bank']).length <= 1),
      always(
        'a failed order costs nothing',
        ({ actors }) => !actors['order']?.matches('failed') || paidOrders(actors['bank']).length === 0,
      ),
      sometimes('it is paid', ({ actors }) => actors['order']?.matches('paid') === true),
      eventually('the order ends', ({ actors }) => actors['order']?.status === 'done'),
    ],
  });
