import { assign, emit, fromPromise, setup } from 'xstate';
import { reply, tell } from '../../../src/actor/words.ts';
import { corruptions } from '../../../src/testing/simulate/corruption.ts';
import { sometimes, type Faults, type NetworkKind, type System } from '../../../src/testing/model/spec.ts';

interface Order {
  readonly type: 'ORDER';
  readonly id: number;
  readonly replyTo?: string;
}

/** Takes orders, answers them, works on each for a while, and asks a clerk; keeps count of what came of it. */
const shop = setup({
  types: {
    context: {} as { orders: number[]; made: number; failed: number; checked: string },
    events: {} as Order | { type: 'CLOSE' } | { type: 'OPEN' },
    emitted: {} as { type: 'order.done'; id: number },
    input: {} as { orders: number[] } | undefined,
  },
  actors: {
    make: fromPromise<number, { id: number }>(() => Promise.reject(new Error('never run'))),
    check: fromPromise<unknown, { id: number }>(() => Promise.reject(new Error('never run'))),
  },
  delays: { patience: 40 },
}).createMachine({
  id: 'shop',
  context: ({ input }) => ({ orders: input?.orders ?? [], made: 0, failed: 0, checked: '' }),
  initial: 'idle',
  on: { OPEN: '.idle' },
  states: {
    idle: {
      on: {
        ORDER: {
          target: 'making',
          actions: [
            assign({ orders: ({ context, event }) => [...context.orders, event.id] }),
            reply(({ event }) => ({ type: 'TAKEN', id: event.id })),
          ],
        },
        CLOSE: 'closed',
      },
    },
    making: {
      invoke: {
        src: 'make',
        id: 'make',
        input: ({ context }) => ({ id: context.orders.at(-1) ?? 0 }),
        onDone: 'checking',
        onError: { target: 'idle', actions: assign({ failed: ({ context }) => context.failed + 1 }) },
      },
    },
    checking: {
      invoke: {
        src: 'check',
        id: 'check',
        input: ({ context }) => ({ id: context.orders.at(-1) ?? 0 }),
        onDone: {
          target: 'idle',
          actions: [
            assign({
              made: ({ context }) => context.made + 1,
              checked: ({ event }) => JSON.stringify(event.output),
            }),
            emit(({ context }) => ({ type: 'order.done', id: context.orders.at(-1) ?? 0 })),
          ],
        },
        onError: { target: 'idle', actions: assign({ failed: ({ context }) => context.failed + 1 }) },
      },
      after: {
        patience: { target: 'idle', actions: assign({ failed: ({ context }) => context.failed + 1 }) },
      },
    },
    closed: {},
  },
});

/** Answers every question about an order; hears on the bus of those that are done. */
const clerk = setup({
  types: {
    context: {} as { asked: number; done: number[] },
    events: {} as { type: 'CHECK'; id: number; replyTo?: string } | { type: 'order.done'; id: number },
  },
}).createMachine({
  id: 'clerk',
  context: { asked: 0, done: [] },
  on: {
    CHECK: {
      actions: [
        assign({ asked: ({ context }) => context.asked + 1 }),
        reply(({ event }) => (event.id > 3 ? new Error('too many') : { type: 'FINE', id: event.id })),
      ],
    },
    'order.done': { actions: assign({ done: ({ context, event }) => [...context.done, event.id] }) },
  },
});

/** Orders when its environment says so, again after a while when nothing is heard. */
const customer = setup({
  types: {
    context: {} as { next: number; taken: number },
    events: {} as { type: 'WANT' } | { type: 'TAKEN'; id: number },
  },
}).createMachine({
  id: 'customer',
  context: { next: 1, taken: 0 },
  initial: 'content',
  states: {
    content: { on: { WANT: { guard: ({ context }) => context.next <= 4, target: 'waiting' } } },
    waiting: {
      entry: tell('shop', ({ context }) => ({ type: 'ORDER', id: context.next, replyTo: 'customer' })),
      after: { 25: { target: 'waiting', reenter: true } },
      on: {
        TAKEN: {
          guard: ({ context, event }) => event.id === context.next,
          target: 'content',
          actions: assign({
            next: ({ context }) => context.next + 1,
            taken: ({ context }) => context.taken + 1,
          }),
        },
      },
    },
  },
});

/** A system in which everything can happen that can happen in one: work, questions, the bus, choices, timers, storage, every fault. */
export const everything = (network: NetworkKind, faults: Faults): System => ({
  name: `everything ${network}`,
  network,
  faults,
  actors: {
    customer: { logic: customer, choices: [{ type: 'WANT' }], durable: true },
    shop: {
      logic: shop,
      input: { orders: [] },
      choices: ({ context: { made } }) => (made > 1 ? [{ type: 'CLOSE' }] : []),
      outcomes: { make: ({ id }: { id: number }) => [{ output: id }, { error: new Error(`no ${id}`) }] },
      asks: { check: ({ id }: { id: number }) => ({ to: 'clerk', event: { type: 'CHECK', id } }) },
      durable: {
        save: ({ context: { orders } }: { context: { orders: number[] } }) => orders,
        load: (_input, orders: number[]) => ({ orders }),
      },
    },
    clerk: { logic: clerk, subscribe: ['order.*'] },
  },
  // A few of each are enough: the reference explorer tries all of them at every step.
  byzantine: {
    corrupt: (sent) => corruptions(sent).slice(0, 2),
    forge: () => [
      { from: 'customer', to: 'shop', event: { type: 'ORDER', id: 9, replyTo: 'customer' } as never },
      { from: 'shop', to: 'customer', event: { type: 'TAKEN', id: 1 } as never },
    ],
  },
  history: {
    initial: { sent: 0, delivered: 0, emitted: 0 },
    sent: (history: { sent: number }) => ({ ...history, sent: history.sent + 1 }),
    delivered: (history: { delivered: number }) => ({ ...history, delivered: history.delivered + 1 }),
    emitted: (history: { emitted: number }) => ({ ...history, emitted: history.emitted + 1 }),
  } as never,
  properties: [
    sometimes(
      'an order is done',
      ({ actors }) => (actors['shop']?.context as { made: number } | undefined)?.made === 1,
    ),
    sometimes(
      'the bus is heard',
      ({ actors }) => (actors['clerk']?.context as { done: number[] } | undefined)?.done.length === 1,
    ),
  ],
});
