/**
 * Threads that increment a shared counter without a lock: each reads it, and then writes what it read plus one (Stateright,
 * examples/increment.rs). Shared memory is no message passing, so one actor holds the memory, and the threads take turns as choices.
 *
 *     npx troupe check examples/model-checking/increment.ts --param threads=3
 */
import { assign, createMachine, setup } from 'xstate';
import { always, defineSystem, sometimes } from 'troupe/testing';

interface Thread {
  readonly does: 'read' | 'write' | 'nothing';
  /** What it has read. */
  readonly local: number;
}

interface Memory {
  readonly counter: number;
  readonly threads: Readonly<Record<string, Thread>>;
}

const memory = setup({
  types: {
    context: {} as Memory,
    events: {} as { type: 'READ' | 'WRITE'; thread: string },
    input: {} as readonly string[],
  },
  guards: {
    reads: ({ context, event }) => context.threads[event.thread]?.does === 'read',
    writes: ({ context, event }) => context.threads[event.thread]?.does === 'write',
  },
  actions: {
    read: assign(({ context: { counter, threads }, event: { thread } }) => ({
      threads: { ...threads, [thread]: { does: 'write', local: counter } as const },
    })),
    write: assign(({ context: { threads }, event: { thread } }) => {
      const local = threads[thread]?.local ?? 0;
      return { counter: local + 1, threads: { ...threads, [thread]: { does: 'nothing', local } as const } };
    }),
  },
}).createMachine({
  id: 'memory',
  context: ({ input }) => ({
    counter: 0,
    threads: Object.fromEntries(input.map((name) => [name, { does: 'read', local: 0 }])),
  }),
  on: { READ: { guard: 'reads', actions: 'read' }, WRITE: { guard: 'writes', actions: 'write' } },
});

/** What a thread does is in the memory: as an actor it only lends its name to `symmetry`. */
const name = createMachine({ id: 'name' });

export interface Params {
  readonly threads?: number;
}

export const system = ({ threads = 2 }: Params = {}) => {
  const names = Array.from({ length: threads }, (_, n) => `t${n + 1}`);
  const finished = ({ threads }: Memory): number =>
    Object.values(threads).filter(({ does }) => does === 'nothing').length;
  return defineSystem({
    name: 'increment',
    actors: {
      memory: {
        logic: memory,
        input: names,
        choices: names.flatMap((thread) => [
          { type: 'READ', thread },
          { type: 'WRITE', thread },
        ]),
      },
      ...Object.fromEntries(names.map((each) => [each, { logic: name }])),
    },
    properties: [
      always('the counter counts who has finished', ({ actors }) => {
        const memory = actors['memory']!.context as Memory;
        return memory.counter === finished(memory);
      }),
      sometimes('all finish', ({ actors }) => finished(actors['memory']!.context as Memory) === threads),
    ],
    symmetry: [names],
  });
};
