import { assign, setup } from 'xstate';

/** Three counters modulo `size`, three events: `size` cubed states. */
export const cube = (size: number) => {
  const next = (n: number): number => (n + 1) % size;
  return setup({
    types: {
      context: {} as { readonly a: number; readonly b: number; readonly c: number },
      events: {} as { readonly type: 'A' | 'B' | 'C' },
    },
  }).createMachine({
    context: { a: 0, b: 0, c: 0 },
    on: {
      A: { actions: assign({ a: ({ context }) => next(context.a) }) },
      B: { actions: assign({ b: ({ context }) => next(context.b) }) },
      C: { actions: assign({ c: ({ context }) => next(context.c) }) },
    },
  });
};
