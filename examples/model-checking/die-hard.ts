/**
 * Four gallons with a jug of three and a jug of five, as in the film "Die Hard with a Vengeance" (TLA+ examples, DieHard.tla). One actor
 * and no messages: the environment chooses what is poured.
 *
 *     npx troupe check examples/model-checking/die-hard.ts
 */
import { assign, setup } from 'xstate';
import { always, defineSystem, sometimes, type SystemState } from 'troupe/testing';

interface Jugs {
  readonly small: number;
  readonly big: number;
}

const jugs = (smallest: number, biggest: number) =>
  setup({
    types: {
      context: {} as Jugs,
      events: {} as {
        type: 'FILL_SMALL' | 'FILL_BIG' | 'EMPTY_SMALL' | 'EMPTY_BIG' | 'SMALL_TO_BIG' | 'BIG_TO_SMALL';
      },
    },
  }).createMachine({
    id: 'jugs',
    context: { small: 0, big: 0 },
    on: {
      FILL_SMALL: { actions: assign({ small: smallest }) },
      FILL_BIG: { actions: assign({ big: biggest }) },
      EMPTY_SMALL: { actions: assign({ small: 0 }) },
      EMPTY_BIG: { actions: assign({ big: 0 }) },
      SMALL_TO_BIG: {
        actions: assign(({ context: { small, big } }) => {
          const poured = Math.min(small, biggest - big);
          return { small: small - poured, big: big + poured };
        }),
      },
      BIG_TO_SMALL: {
        actions: assign(({ context: { small, big } }) => {
          const poured = Math.min(big, smallest - small);
          return { small: small + poured, big: big - poured };
        }),
      },
    },
  });

export interface Params {
  /** What the jugs hold, and what is wanted in the big one; gallons. */
  readonly small?: number;
  readonly big?: number;
  readonly goal?: number;
}

export const system = ({ small = 3, big = 5, goal = 4 }: Params = {}) => {
  const isSolved = ({ actors }: SystemState): boolean => (actors['jugs']!.context as Jugs).big === goal;
  const { events } = jugs(small, big);
  return defineSystem({
    name: 'die-hard',
    actors: {
      jugs: { logic: jugs(small, big), choices: events.map((type) => ({ type })) },
    },
    properties: [sometimes('solved', isSolved), always('not solved', (state) => !isSolved(state))],
  });
};
