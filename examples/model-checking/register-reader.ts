/** A client of a register that reads twice, the second time from the next server. It sees whether a register goes back in time. */
import { assign, setup } from 'xstate';
import { tell } from 'troupe';
import type { RegisterAnswer, RegisterRequest } from 'troupe/machines';

export interface ReaderInput {
  readonly name: string;
  readonly servers: readonly string[];
  /** Which server it reads from first, counted from 0 and modulo their number. */
  readonly first: number;
}

interface Context extends ReaderInput {
  /** Reads answered. */
  readonly answered: number;
}

const requestOf = ({ name, answered }: Context): string => `${name}.${answered + 1}`;

export const registerReader = setup({
  types: { context: {} as Context, events: {} as RegisterAnswer, input: {} as ReaderInput },
  actions: {
    read: tell(
      ({ context: { servers, first, answered } }) => servers[(first + answered) % servers.length],
      ({ context }): RegisterRequest => ({ type: 'GET', from: context.name, request: requestOf(context) }),
    ),
    countAnswer: assign({ answered: ({ context }) => context.answered + 1 }),
  },
  guards: { isExpected: ({ context, event }) => event.request === requestOf(context) },
}).createMachine({
  id: 'registerReader',
  context: ({ input }) => ({ ...input, answered: 0 }),
  initial: 'first',
  states: {
    first: {
      entry: 'read',
      on: { GET_OK: { guard: 'isExpected', target: 'second', actions: 'countAnswer' } },
    },
    second: {
      entry: 'read',
      on: { GET_OK: { guard: 'isExpected', target: 'done', actions: 'countAnswer' } },
    },
    done: { type: 'final' },
  },
});
