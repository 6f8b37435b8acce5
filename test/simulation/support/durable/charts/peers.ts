import { assign, setup } from 'xstate';
import { tell } from '../../../../../src/actor/words.ts';
import type { Kinds } from '../cluster.ts';

export interface Peer {
  readonly key: string;
  readonly to: readonly string[];
  readonly count: number;
  readonly said: number;
  /** Numbers taken, by who said them. */
  readonly got: Readonly<Record<string, readonly number[]>>;
  readonly echoed: Readonly<Record<string, readonly number[]>>;
  /** Makes the state large, where deltas are to be stored. */
  readonly ballast: string;
}

type PeerEvent =
  | { type: 'SPEAK'; to: readonly string[]; count: number }
  | { type: 'NUMBER'; from: string; n: number }
  | { type: 'ECHO'; from: string; n: number };

const PAUSE = 120;

const noted = (
  notes: Peer['got'],
  { from, n }: { readonly from: string; readonly n: number },
): Peer['got'] => ({ ...notes, [from]: [...(notes[from] ?? []), n] });

const peer = setup({
  types: {
    context: {} as Peer,
    input: {} as { key: string; ballast: string },
    events: {} as PeerEvent,
  },
  actions: {
    next: assign({ said: ({ context }) => context.said + 1 }),
    sayToFirst: tell(
      ({ context }) => context.to[0],
      ({ context }) => ({ type: 'NUMBER', from: context.key, n: context.said }),
    ),
    sayToSecond: tell(
      ({ context }) => context.to[1],
      ({ context }) => ({ type: 'NUMBER', from: context.key, n: context.said }),
    ),
  },
}).createMachine({
  id: 'peer',
  context: ({ input }) => ({ ...input, to: [], count: 0, said: 0, got: {}, echoed: {} }),
  initial: 'silent',
  on: {
    NUMBER: {
      actions: [
        assign({ got: ({ context, event }) => noted(context.got, event) }),
        tell(
          ({ event }) => `peer/${event.from}`,
          ({ context, event }) => ({ type: 'ECHO', from: context.key, n: event.n }),
        ),
      ],
    },
    ECHO: { actions: assign({ echoed: ({ context, event }) => noted(context.echoed, event) }) },
  },
  states: {
    silent: {
      on: {
        SPEAK: {
          target: 'speaking',
          actions: assign(({ event }) => ({ to: event.to, count: event.count })),
        },
      },
    },
    speaking: {
      entry: ['next', 'sayToFirst', 'sayToSecond'],
      after: {
        [PAUSE]: [
          { guard: ({ context }) => context.said < context.count, target: 'speaking', reenter: true },
          { target: 'spoken' },
        ],
      },
    },
    spoken: {},
  },
});

/** @param ballast characters that every state carries along */
export const peers =
  (ballast = 0): Kinds =>
  () => ({
    peer: { logic: peer, options: { input: (key: string) => ({ key, ballast: '.'.repeat(ballast) }) } },
  });
