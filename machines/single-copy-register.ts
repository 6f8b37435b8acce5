/**
 * A register kept in one place: what is written replaces what was there, a read gives what is there. One server is linearizable;
 * several that know nothing of each other are not. The server of Stateright's `single-copy-register` example.
 *
 * | event                      | answer, to `from`       |
 * |----------------------------|-------------------------|
 * | PUT {from, request, value} | PUT_OK {request}        |
 * | GET {from, request}        | GET_OK {request, value} |
 */
import { assign, setup } from 'xstate';
import type { RegisterRequest, RegisterValue } from './register-client.ts';
import { tell, typed } from './vocabulary.ts';

export const singleCopyRegister = setup({
  types: typed<{ context: { readonly value: RegisterValue }; events: RegisterRequest }>(),
  actions: {
    tell,
    write: assign(({ event }) => (event.type === 'PUT' ? { value: event.value } : {})),
  },
}).createMachine({
  id: 'singleCopyRegister',
  context: { value: null },
  on: {
    PUT: {
      actions: [
        'write',
        {
          type: 'tell',
          params: ({ event: { from, request } }) => ({ to: from, event: { type: 'PUT_OK', request } }),
        },
      ],
    },
    GET: {
      actions: {
        type: 'tell',
        params: ({ context: { value }, event: { from, request } }) => ({
          to: from,
          event: { type: 'GET_OK', request, value },
        }),
      },
    },
  },
});
