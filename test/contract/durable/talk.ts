import { expect, it } from 'vitest';
import { assign, setup } from 'xstate';
import { ask, reply, tell, type ReplyTo } from '../../../src/index.ts';
import { codeOf } from '../../support/code-of.ts';
import { storedOf } from './stored.ts';
import type { World } from './world.ts';

type BankEvent =
  | { type: 'PAY'; sum: number; replyTo?: ReplyTo<{ type: 'PAID'; left: number }> }
  | { type: 'LATER'; replyTo?: ReplyTo<{ type: 'PAID'; left: number }> }
  | { type: 'NOW' };

/** Answers at once, later, with an error, or never. */
const bank = setup({
  types: { context: {} as { left: number; asker: string | undefined }, events: {} as BankEvent },
  guards: { isShort: ({ context, event }) => event.type === 'PAY' && event.sum > context.left },
}).createMachine({
  id: 'bank',
  context: { left: 100, asker: undefined },
  on: {
    PAY: [
      { guard: 'isShort', actions: reply(() => new RangeError('too little')) },
      {
        actions: [
          assign({ left: ({ context, event }) => context.left - event.sum }),
          reply(({ context }) => ({ type: 'PAID' as const, left: context.left })),
        ],
      },
    ],
    LATER: { actions: assign({ asker: ({ event }) => event.replyTo }) },
    NOW: {
      actions: tell(
        ({ context }) => context.asker,
        ({ context }) => ({ type: 'PAID', left: context.left }),
      ),
    },
  },
});

const outputOf = ({ event }: { event: unknown }): unknown => (event as { output: unknown }).output;
const messageOf = ({ event }: { event: unknown }): unknown => (event as { error: Error }).error.message;

const customer = setup({
  types: {
    context: {} as { answers: readonly unknown[] },
    events: {} as { type: 'BUY'; sum: number } | { type: 'WAIT' },
  },
  actors: { ask },
  actions: {
    noteAnswer: assign({ answers: ({ context }, answer: unknown) => [...context.answers, answer] }),
  },
}).createMachine({
  id: 'customer',
  context: { answers: [] },
  initial: 'idle',
  states: {
    idle: { on: { BUY: 'buying', WAIT: 'waiting' } },
    buying: {
      invoke: {
        src: 'ask',
        input: ({ event }) => ({ to: 'bank', event: { ...event, type: 'PAY' }, timeout: 60_000 }),
        onDone: { target: 'idle', actions: { type: 'noteAnswer', params: outputOf } },
        onError: {
          target: 'idle',
          actions: { type: 'noteAnswer', params: messageOf },
        },
      },
    },
    waiting: {
      invoke: {
        src: 'ask',
        input: { to: 'bank', event: { type: 'LATER' }, timeout: 60_000 },
        onDone: { target: 'idle', actions: { type: 'noteAnswer', params: outputOf } },
      },
    },
  },
});

/** Questions and answers of durable actors survive whoever asked or was asked. */
export function talkBehaviour(world: World): void {
  it('answers questions, from live actors and from outside, and refuses with an error', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const ref = await system.spawn(bank, { id: 'bank', durable: true });
    expect(await ref.ask({ type: 'PAY', sum: 30 })).toEqual({ type: 'PAID', left: 70 });
    await expect(ref.ask({ type: 'PAY', sum: 300 })).rejects.toThrow('too little');
    expect(await codeOf(ref.ask({ type: 'LATER' }, { timeout: 50 }))).toBe('TIMEOUT');
    const live = await system.spawn(customer, { id: 'live' });
    live.send({ type: 'BUY', sum: 20 });
    await live.waitFor(({ context }) => context.answers.length === 1);
    expect((await live.snapshot()).context.answers).toEqual([{ type: 'PAID', left: 50 }]);
  });

  it('a question of a durable actor is answered once, when the asker crashed meanwhile', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    await first.system.spawn(bank, { id: 'bank', durable: true });
    const ref = await first.system.spawn(customer, { id: 'customer', durable: true });
    await ref.deliver({ type: 'BUY', sum: 10 });
    await first.crash();

    const second = await stage.open({ limits: { redo: 50 } });
    await second.system.spawn(bank, { id: 'bank', durable: true });
    const again = await second.system.spawn(customer, { id: 'customer', durable: true });
    const view = await again.waitFor(({ context }) => context.answers.length === 1);
    expect(view.context.answers).toEqual([{ type: 'PAID', left: 90 }]);
    expect(view.value).toBe('idle');
    await again.deliver({ type: 'BUY', sum: 1_000 });
    expect((await again.waitFor(({ context }) => context.answers.length === 2)).context.answers[1]).toBe(
      'too little',
    );
    await second.system.stop();
    expect((await storedOf(second.tap, 'bank')).state.actor.context).toMatchObject({ left: 90 });
    expect((await storedOf(second.tap, 'bank')).state.outbox).toEqual([]);
    expect((await storedOf(second.tap, 'customer')).state.outbox).toEqual([]);
  });

  it('an answer given later finds an asker that has been down since', async () => {
    await using stage = world.stage();
    const first = await stage.open();
    const teller = await first.system.spawn(bank, { id: 'bank', durable: true });
    const ref = await first.system.spawn(customer, { id: 'customer', durable: true });
    await ref.deliver({ type: 'WAIT' });
    await teller.waitFor(({ context }) => context.asker !== undefined);
    await first.crash();

    const second = await stage.open({ limits: { redo: 50 } });
    const late = await second.system.spawn(bank, { id: 'bank', durable: true });
    await late.deliver({ type: 'NOW' });
    const again = await second.system.spawn(customer, { id: 'customer', durable: true });
    const view = await again.waitFor(({ context }) => context.answers.length === 1);
    expect(view.context.answers).toEqual([{ type: 'PAID', left: 100 }]);
  });

  it('a question to nobody is an error at once', async () => {
    await using stage = world.stage();
    const { system } = await stage.open();
    const ref = await system.spawn(customer, { id: 'customer', durable: true });
    await ref.deliver({ type: 'BUY', sum: 10 });
    const view = await ref.waitFor(({ context }) => context.answers.length === 1);
    expect(view.context.answers[0]).toContain('There is no actor "bank"');
  });
}
