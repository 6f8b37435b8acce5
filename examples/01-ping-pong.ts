/** Two actors in one process, no server: they know each other by address only and take turns until one has had enough. */
import { assign, setup } from 'xstate';
import { createSystem, tell } from 'troupe';

const player = setup({
  types: {
    context: {} as { name: string; opponent: string; hits: number },
    input: {} as { name: string; opponent: string },
    events: {} as { type: 'BALL'; stroke: number },
  },
  actions: {
    count: assign({ hits: ({ context }) => context.hits + 1 }),
    announce: ({ context, event }) => console.log(`${context.name} hits stroke ${event.stroke}`),
  },
}).createMachine({
  id: 'player',
  context: ({ input }) => ({ ...input, hits: 0 }),
  initial: 'playing',
  states: {
    playing: {
      on: {
        BALL: [
          {
            guard: ({ event }) => event.stroke === 6,
            target: 'done',
            actions: [
              ({ context }) => console.log(`${context.name} misses`),
              tell(({ context }) => context.opponent, { type: 'BALL', stroke: 6 }),
            ],
          },
          {
            actions: [
              'count',
              'announce',
              tell(
                ({ context }) => context.opponent,
                ({ event }) => ({ type: 'BALL', stroke: event.stroke + 1 }),
              ),
            ],
          },
        ],
      },
    },
    done: { type: 'final' },
  },
  output: ({ context }) => context.hits,
});

await using system = await createSystem({ name: 'ping-pong' });

const ping = await system.spawn(player, { id: 'ping', input: { name: 'ping', opponent: 'pong' } });
const pong = await system.spawn(player, { id: 'pong', input: { name: 'pong', opponent: 'ping' } });

// `watch` tells how an actor ended; asking before the first stroke makes sure that nothing is missed.
const ended = [ping, pong].map(
  (ref) =>
    new Promise<string>((resolve) => {
      ref.watch(({ reason, output }) => resolve(`${ref.address} is ${reason} after ${String(output)} hits`));
    }),
);

ping.send({ type: 'BALL', stroke: 1 });
for (const line of await Promise.all(ended)) console.log(line);
