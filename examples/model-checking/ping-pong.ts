/**
 * Two actors count each other's messages (the ping-pong of Stateright, src/actor/actor_test_util.rs): a small model in which every kind
 * of network shows.
 *
 *     npx troupe check examples/model-checking/ping-pong.ts --param max=5
 */
import { assign, setup } from 'xstate';
import {
  always,
  defineSystem,
  eventually,
  sometimes,
  type NetworkKind,
  type SystemState,
} from 'troupe/testing';
import { tell } from 'troupe';

type Said = { readonly type: 'PING' | 'PONG'; readonly value: number };

const player = setup({
  types: {
    context: {} as { count: number; peer: string; serves: boolean },
    events: {} as Said,
    input: {} as { peer: string; serves: boolean },
  },
  actions: {
    count: assign({ count: ({ context }) => context.count + 1 }),
    serve: tell(({ context }) => (context.serves ? context.peer : undefined), { type: 'PING', value: 0 }),
    ping: tell(
      ({ context }) => context.peer,
      ({ event }) => ({ type: 'PING', value: event.value + 1 }),
    ),
    pong: tell(
      ({ context }) => context.peer,
      ({ event }) => ({ type: 'PONG', value: event.value }),
    ),
  },
  guards: { isNext: ({ context, event }) => event.value === context.count },
}).createMachine({
  id: 'player',
  context: ({ input }) => ({ count: 0, ...input }),
  entry: 'serve',
  on: {
    PING: { guard: 'isNext', actions: ['count', 'pong'] },
    PONG: { guard: 'isNext', actions: ['count', 'ping'] },
  },
});

interface Counted {
  readonly sent: number;
  readonly delivered: number;
}

export interface Params {
  /** States where somebody has counted further are left out. */
  readonly max?: number;
  readonly network?: NetworkKind;
  /** May messages be lost, as often as the network likes? */
  readonly lossy?: boolean;
  /** Is it part of the state how many messages were sent and delivered? */
  readonly counted?: boolean;
}

export const system = ({ max = 5, network = 'duplicating', lossy = true, counted = false }: Params = {}) => {
  const counts = ({ actors }: SystemState): readonly [number, number] => [
    (actors['pinger']!.context as { count: number }).count,
    (actors['ponger']!.context as { count: number }).count,
  ];
  const history = {
    initial: { sent: 0, delivered: 0 },
    sent: ({ sent, delivered }: Counted) => ({ sent: sent + 1, delivered }),
    delivered: ({ sent, delivered }: Counted) => ({ sent, delivered: delivered + 1 }),
  };
  return defineSystem({
    name: 'ping-pong',
    network,
    faults: { lose: lossy ? Infinity : 0 },
    actors: {
      pinger: { logic: player, input: { peer: 'ponger', serves: true } },
      ponger: { logic: player, input: { peer: 'pinger', serves: false } },
    },
    ...(counted ? { history } : {}),
    boundary: (state) => counts(state).every((count) => count <= max),
    properties: [
      always('the counts differ by one at most', (state) => {
        const [a, b] = counts(state);
        return Math.abs(a - b) <= 1;
      }),
      sometimes('can reach max', (state) => counts(state).includes(max)),
      eventually('must reach max', (state) => counts(state).includes(max)),
      eventually('must exceed max', (state) => counts(state).some((count) => count > max)),
    ],
  });
};
