/**
 * A client of a register: writes its values one after another, each to the next server, then reads once from the server after
 * those, and ends with what it read. The client of Stateright's `actor::register`, with which its register models are checked.
 *
 * | what a server takes          | what it answers, to `from`                                    |
 * |------------------------------|---------------------------------------------------------------|
 * | PUT {from, request, value}   | PUT_OK {request} when the value is written                    |
 * | GET {from, request}          | GET_OK {request, value}; `null` when nothing was ever written |
 *
 * `from` is the client's address. `request` is unique among all requests of all clients, so a server may know an operation by it
 * alone. The client has one request under way at a time and heeds no answer to another one: that stays unhandled.
 */
import { assign, setup } from 'xstate';
import { bounded, tell, typed } from './vocabulary.ts';

/** What a register holds: plain data. */
export type RegisterValue = string | number | null;

/** To a server. */
export type RegisterRequest =
  | { readonly type: 'PUT'; readonly from: string; readonly request: string; readonly value: RegisterValue }
  | { readonly type: 'GET'; readonly from: string; readonly request: string };

/** To a client. */
export type RegisterAnswer =
  | { readonly type: 'PUT_OK'; readonly request: string }
  | { readonly type: 'GET_OK'; readonly request: string; readonly value: RegisterValue };

export interface RegisterClientInput {
  /** Its own address. */
  readonly name: string;
  /** Addresses of the servers. */
  readonly servers: readonly string[];
  /** Which server gets the first request, counted from 0 and modulo their number. Default 0. */
  readonly first?: number;
  /** What it writes before it reads. */
  readonly values: readonly RegisterValue[];
}

interface Context extends Required<RegisterClientInput> {
  /** Requests answered. */
  readonly answered: number;
  readonly read: RegisterValue | undefined;
}

const requestOf = ({ name, answered }: Context): string => `${name}.${answered + 1}`;

const server = ({ servers, first, answered }: Context): string | undefined =>
  servers[(first + answered) % servers.length];

export const registerClient = setup({
  types: typed<{
    context: Context;
    events: RegisterAnswer;
    input: RegisterClientInput;
    output: { readonly read: RegisterValue | undefined };
  }>(),
  actions: {
    tell,
    countAnswer: assign(({ context }) => ({ answered: context.answered + 1 })),
    keepRead: assign(({ event }) => ({ read: event.type === 'GET_OK' ? event.value : undefined })),
  },
  guards: {
    isExpected: ({ context, event }) => event.request === requestOf(context),
    hasMoreToWrite: ({ context }) => context.answered < context.values.length,
  },
}).createMachine({
  id: 'registerClient',
  options: bounded,
  context: ({ input: { name, servers, first = 0, values } }) => ({
    name,
    servers,
    first,
    values,
    answered: 0,
    read: undefined,
  }),
  initial: 'next',
  states: {
    next: { always: [{ guard: 'hasMoreToWrite', target: 'writing' }, { target: 'reading' }] },
    writing: {
      entry: {
        type: 'tell',
        params: ({ context }) => ({
          to: server(context),
          event: {
            type: 'PUT',
            from: context.name,
            request: requestOf(context),
            value: context.values[context.answered],
          },
        }),
      },
      on: { PUT_OK: { guard: 'isExpected', target: 'next', actions: 'countAnswer' } },
    },
    reading: {
      entry: {
        type: 'tell',
        params: ({ context }) => ({
          to: server(context),
          event: { type: 'GET', from: context.name, request: requestOf(context) },
        }),
      },
      on: { GET_OK: { guard: 'isExpected', target: 'done', actions: ['countAnswer', 'keepRead'] } },
    },
    done: { type: 'final' },
  },
  output: ({ context }) => ({ read: context.read }),
});
