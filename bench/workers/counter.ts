import { assign, setup } from 'xstate';
import { reply, type ReplyTo } from 'troupe';

export interface Counted {
  readonly type: 'COUNTED';
  readonly count: number;
}

type Event = { readonly type: 'INC' } | { readonly type: 'COUNT'; readonly replyTo: ReplyTo<Counted> };

/** The machine that every contender of local-send, send and memory runs: it counts, so deliveries can be counted. */
export const counter = setup({
  types: { context: {} as { readonly count: number }, events: {} as Event },
}).createMachine({
  context: { count: 0 },
  on: {
    INC: { actions: assign({ count: ({ context }) => context.count + 1 }) },
    COUNT: { actions: reply(({ context }) => ({ type: 'COUNTED', count: context.count })) },
  },
});
