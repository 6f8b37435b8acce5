import { assign, setup } from 'xstate';
import { reply } from '../../../../../src/actor/words.ts';
import { defineSaga } from '../../../../../src/coordination/saga.ts';
import type { ReplyTo } from '../../../../../src/message/address.ts';
import type { Kinds } from '../cluster.ts';

/** Sagas whose key begins with this are refused by the second participant. */
export const REFUSED = 'dear';

type Answer = { type: 'DONE' } | { type: 'REFUSED' };
type Request = { readonly key: string; readonly replyTo?: ReplyTo<Answer> };

export interface Participant {
  /** Keys of what was done, and of what was undone, in order. */
  readonly done: readonly string[];
  readonly undone: readonly string[];
}

const once = (keys: readonly string[], key: string): readonly string[] =>
  keys.includes(key) ? keys : [...keys, key];

/** Steps are asked for again after a crash, with the same key: it does each once. */
const participant = (refuses: (key: string) => boolean) =>
  setup({
    types: {
      context: {} as Participant,
      events: {} as ({ type: 'DO' } & Request) | ({ type: 'UNDO' } & Request),
    },
  }).createMachine({
    id: 'participant',
    context: { done: [], undone: [] },
    on: {
      DO: [
        { guard: ({ event }) => refuses(event.key), actions: reply({ type: 'REFUSED' as const }) },
        {
          actions: [
            assign({ done: ({ context, event }) => once(context.done, event.key) }),
            reply({ type: 'DONE' as const }),
          ],
        },
      ],
      UNDO: {
        actions: [
          assign({ undone: ({ context, event }) => once(context.undone, event.key) }),
          reply({ type: 'DONE' as const }),
        ],
      },
    },
  });

const trip = defineSaga<{ readonly key: string }>({
  steps: ['hotel/main', 'flight/main'].map((to) => ({
    name: to,
    maxAttempts: 1_000,
    async perform(step) {
      const { key } = step.data;
      const { type } = await step.ask(to, { type: 'DO', key } as never, { timeout: 1_000 });
      if (type === 'REFUSED') throw new Error('refused');
      return type;
    },
    compensationMaxAttempts: 1_000,
    compensate: async (step) =>
      step.ask(to, { type: 'UNDO', key: step.data.key } as never, { timeout: 1_000 }),
  })),
});

export const sagas: Kinds = () => ({
  hotel: { logic: participant(() => false) },
  flight: { logic: participant((key) => key.startsWith(REFUSED)) },
  trip: { logic: trip.logic, options: { input: (key: string) => trip.input(key, { key }) } },
});
