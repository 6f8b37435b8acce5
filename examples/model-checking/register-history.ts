/** What clients of a register asked and were answered, and whether it is in order. For every model that is checked as a register. */
import type { RegisterAnswer, RegisterRequest, RegisterValue } from 'troupe/machines';
import {
  linearizability,
  register,
  sometimes,
  type Linearizability,
  type Property,
  type RegisterInput,
} from 'troupe/testing';

/** What else the servers say to each other. */
interface Other {
  readonly type: 'OTHER';
}

/** @param unwritten what a read gives before anything was written */
export const registerHistory = (
  unwritten: RegisterValue = null,
): Linearizability<RegisterInput, unknown, unknown> =>
  linearizability({
    object: register(unwritten),
    asked: ({ event }) => {
      const said = event as RegisterRequest | Other;
      if (said.type === 'PUT') return { input: { op: 'write', value: said.value }, id: said.request };
      return said.type === 'GET' ? { input: { op: 'read' }, id: said.request } : undefined;
    },
    answered: ({ event }) => {
      const said = event as RegisterAnswer | Other;
      if (said.type === 'GET_OK') return { output: said.value, id: said.request };
      return said.type === 'PUT_OK' ? { output: undefined, id: said.request } : undefined;
    },
  });

/** Stateright's witness that something happens at all: the value somebody wrote is on its way to a reader. */
export const valueChosen: Property = sometimes('value chosen', ({ network }) =>
  network.some(
    ({ event }) => event.type === 'GET_OK' && (event as RegisterAnswer & { value: unknown }).value !== null,
  ),
);
