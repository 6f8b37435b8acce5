import { assign, setup } from 'xstate';
import { reply } from '../../../../../src/actor/words.ts';
import type { ReplyTo } from '../../../../../src/message/address.ts';
import type { Kinds } from '../cluster.ts';

/** What it was asked, in order: it keeps no keys, and counts twice what it is asked twice. */
export interface Tally {
  readonly asked: readonly number[];
}

const tally = setup({
  types: {
    context: {} as Tally,
    events: {} as { type: 'ADD'; n: number; replyTo?: ReplyTo<{ type: 'ADDED'; n: number }> },
  },
}).createMachine({
  id: 'tally',
  context: { asked: [] },
  on: {
    ADD: {
      actions: [
        assign({ asked: ({ context, event }) => [...context.asked, event.n] }),
        reply(({ event }) => ({ type: 'ADDED' as const, n: event.n })),
      ],
    },
  },
});

export const tallies: Kinds = () => ({ tally: { logic: tally } });
