import { assign, fromPromise, sendParent, setup, spawnChild } from 'xstate';
import { hostOf } from '../../../../../src/actor/host.ts';
import type { Kinds } from '../cluster.ts';
import type { Process } from '../process.ts';
import type { World } from '../world.ts';

export interface Parent {
  readonly done: readonly string[];
  readonly fetched: readonly string[];
}

/** A child with a timer of its own, which begins when it is sent a message by its address. */
const worker = setup({
  types: {
    context: {} as { name: string; nudges: number },
    input: {} as { name: string },
    events: {} as { type: 'NUDGE' },
  },
  actions: {
    report: sendParent(({ context }) => ({ type: 'DONE', what: `${context.name} ${context.nudges}` })),
  },
}).createMachine({
  id: 'worker',
  context: ({ input }) => ({ name: input.name, nudges: 0 }),
  initial: 'idle',
  states: {
    idle: {
      on: { NUDGE: { target: 'working', actions: assign({ nudges: ({ context }) => context.nudges + 1 }) } },
    },
    working: { after: { 3_000: 'done' } },
    done: { type: 'final', entry: 'report' },
  },
});

/** Work outside that takes a while. */
const fetching = (process: Process, world: World, fetched: (key: string) => void) =>
  fromPromise<string, string>(async ({ input, system }) => {
    const { key = '' } = hostOf(system, 'fetch');
    if (world.point(process, `fetches ${key}`)) fetched(key);
    await new Promise<void>((resolve) => void process.clock.setTimeout(resolve, 300));
    return `the ${input}`;
  });

const parentOf = (process: Process, world: World, fetched: (key: string) => void) =>
  setup({
    types: {
      context: {} as Parent & { readonly what: string },
      events: {} as
        { type: 'HIRE'; name: string } | { type: 'DONE'; what: string } | { type: 'FETCH'; what: string },
    },
    actors: { worker, fetch: fetching(process, world, fetched) },
  }).createMachine({
    id: 'parent',
    context: { done: [], fetched: [], what: '' },
    initial: 'idle',
    on: {
      HIRE: {
        actions: spawnChild('worker', {
          id: ({ event }) => event.name,
          input: ({ event }) => ({ name: event.type === 'HIRE' ? event.name : '' }),
        }),
      },
      DONE: { actions: assign({ done: ({ context, event }) => [...context.done, event.what] }) },
    },
    states: {
      idle: { on: { FETCH: { target: 'fetching', actions: assign({ what: ({ event }) => event.what }) } } },
      fetching: {
        invoke: [
          {
            src: 'fetch',
            input: ({ context }) => context.what,
            onDone: {
              target: 'fetched',
              actions: assign({ fetched: ({ context, event }) => [...context.fetched, event.output] }),
            },
          },
          { id: 'invoked', src: 'worker', input: { name: 'invoked' } },
        ],
      },
      fetched: {},
    },
  });

/** @param fetched the work was begun under that key, and its process lived to see it */
export const families =
  (fetched: (key: string) => void): Kinds =>
  (process, world) => ({ parent: { logic: parentOf(process, world, fetched) } });
