import { assign, emit, setup } from 'xstate';
import { reply, tell, type Address, type ReplyTo } from '../../src/index.ts';

type LedgerEvent =
  | { type: 'NOTE'; by: string; n: number }
  | { type: 'PING'; replyTo?: ReplyTo<{ type: 'PONG' }> }
  | {
      type: 'REPORT';
      replyTo?: ReplyTo<{ type: 'LEDGER'; notes: Readonly<Record<string, readonly number[]>> }>;
    };

/** Writes down what it is sent, by sender, in the order of arrival. */
export const ledger = setup({
  types: { context: {} as { notes: Record<string, number[]> }, events: {} as LedgerEvent },
  actions: {
    // Written in place: a copy per message would make a run of many thousand messages quadratic.
    note: ({ context, event }) => {
      if (event.type === 'NOTE') (context.notes[event.by] ??= []).push(event.n);
    },
    report: reply(({ context }) => ({ type: 'LEDGER' as const, notes: context.notes })),
  },
}).createMachine({
  id: 'ledger',
  context: () => ({ notes: {} }),
  on: {
    NOTE: { actions: 'note' },
    PING: { actions: reply({ type: 'PONG' as const }) },
    REPORT: { actions: 'report' },
  },
});

export type CounterEvent =
  | { type: 'ADD'; by: number }
  | { type: 'GET'; replyTo?: ReplyTo<{ type: 'COUNT'; n: number }> }
  | { type: 'FAIL'; replyTo?: ReplyTo<{ type: 'COUNT'; n: number }> }
  | { type: 'ECHO'; value?: unknown; replyTo?: ReplyTo<{ type: 'ECHOED'; value: unknown }> }
  | { type: 'SILENCE'; replyTo?: ReplyTo<{ type: 'NEVER' }> }
  | { type: 'ANNOUNCE'; topic: string }
  | { type: 'FORWARD'; to: Address; count: number }
  | { type: 'END' };

/** Counts, echoes, fails, ends: what the tests of the runtime need of an actor. */
export const counter = setup({
  types: {
    context: {} as { n: number },
    events: {} as CounterEvent,
    emitted: {} as { type: string; n: number },
    output: {} as { total: number },
  },
  actions: {
    fail: () => {
      throw new Error('told to fail');
    },
  },
}).createMachine({
  id: 'counter',
  context: { n: 0 },
  initial: 'open',
  states: {
    open: {
      on: {
        ADD: { actions: assign({ n: ({ context, event }) => context.n + event.by }) },
        GET: { actions: reply(({ context }) => ({ type: 'COUNT' as const, n: context.n })) },
        ECHO: { actions: reply(({ event }) => ({ type: 'ECHOED' as const, value: event.value })) },
        SILENCE: {},
        FAIL: { actions: 'fail' },
        ANNOUNCE: { actions: emit(({ context, event }) => ({ type: event.topic, n: context.n })) },
        FORWARD: {
          actions: Array.from({ length: 100 }, (_, i) =>
            tell(({ event }) => (i < event.count ? event.to : undefined), {
              type: 'ADD',
              by: 1,
            } as { type: 'ADD' }),
          ),
        },
        END: 'closed',
      },
    },
    closed: { type: 'final' },
  },
  output: ({ context }) => ({ total: context.n }),
});

let instances = 0;

/** A service instance that says which one it is, in which process. */
export const teller = setup({
  types: {
    context: {} as { pid: number; instance: number },
    events: {} as
      | { type: 'WHO'; replyTo?: ReplyTo<{ type: 'ME'; pid: number; instance: number }> }
      | { type: 'DIE' }
      | { type: 'job.done'; n: number },
  },
  actions: {
    fail: () => {
      throw new Error('told to die');
    },
  },
}).createMachine({
  id: 'teller',
  context: () => ({ pid: process.pid, instance: ++instances }),
  on: {
    WHO: { actions: reply(({ context }) => ({ type: 'ME' as const, ...context })) },
    DIE: { actions: 'fail' },
    'job.done': { actions: tell('jobs', ({ event }) => ({ ...event, type: 'NOTE', by: 'tellers' })) },
  },
});
