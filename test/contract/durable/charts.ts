import { assign, setup } from 'xstate';

/** Writes down what it is sent, by sender, in the order of arrival. */
export const notebook = setup({
  types: {
    context: {} as { notes: Readonly<Record<string, readonly number[]>> },
    events: {} as { type: 'NOTE'; by: string; n: number },
  },
}).createMachine({
  id: 'notebook',
  context: { notes: {} },
  on: {
    NOTE: {
      actions: assign({
        notes: ({ context: { notes }, event: { by, n } }) => ({ ...notes, [by]: [...(notes[by] ?? []), n] }),
      }),
    },
  },
});
