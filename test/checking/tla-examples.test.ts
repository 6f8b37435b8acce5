import { tell } from 'troupe';
import { always, defineSystem, explore, type System } from 'troupe/testing';
import { assign, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import { memoryOf, memorySystem, type MemoryAction } from './support/memory.ts';

/**
 * Specifications of tlaplus/Examples with the counts TLC has for them (manifest.json of each): distinct states, states generated, depth.
 * TLC's count of generated states depends on how a specification is written down, so it agrees only where each disjunct is one action.
 */
const counts = (system: System): readonly number[] => {
  const { distinctStates, generatedStates, depth, properties } = explore(system);
  expect(properties.filter(({ holds }) => holds !== true)).toEqual([]);
  return [distinctStates, generatedStates, depth];
};

describe('shared memory', () => {
  it("Peterson's lock (locks_auxiliary_vars/Peterson)", () => {
    interface Lock {
      readonly pc: readonly string[];
      readonly wants: readonly boolean[];
      readonly turn: number;
    }
    const process = (me: number): MemoryAction<Lock>[] => {
      const other = 1 - me;
      const step = (
        from: string,
        to: string,
        change: (lock: Lock) => Partial<Lock> = () => ({}),
        may: (lock: Lock) => boolean = () => true,
      ): MemoryAction<Lock> => ({
        name: `${from} ${me}`,
        when: (lock) => lock.pc[me] === from && may(lock),
        then: (lock) => ({ ...lock, ...change(lock), pc: lock.pc.with(me, to) }),
      });
      return [
        step('a0', 'a1'),
        step('a1', 'a2', ({ wants }) => ({ wants: wants.with(me, true) })),
        step('a2', 'a3', () => ({ turn: other })),
        step('a3', 'cs', undefined, ({ wants, turn }) => wants[other] === false || turn === me),
        step('cs', 'a4'),
        step('a4', 'a0', ({ wants }) => ({ wants: wants.with(me, false) })),
      ];
    };
    const initial: Lock = { pc: ['a0', 'a0'], wants: [false, false], turn: 0 };
    const exclusive = always('one at a time', (state) =>
      memoryOf<Lock>(state).pc.some((at) => at !== 'cs' && at !== 'a4'),
    );
    const system = memorySystem('Peterson', initial, [...process(0), ...process(1)], {
      properties: [exclusive],
    });
    expect(counts(system)).toEqual([42, 77, 11]);
  });

  it('readers and writers in a queue (ReadersWriters/MC)', () => {
    interface Room {
      readonly readers: ReadonlySet<number>;
      readonly writers: ReadonlySet<number>;
      readonly waiting: readonly { readonly reads: boolean; readonly who: number }[];
    }
    const without = (set: ReadonlySet<number>, who: number): ReadonlySet<number> =>
      new Set([...set].filter((each) => each !== who));
    const request = (who: number, reads: boolean): MemoryAction<Room> => ({
      name: `try ${reads} ${who}`,
      when: ({ waiting }) => !waiting.some((each) => each.who === who && each.reads === reads),
      then: (room) => ({ ...room, waiting: [...room.waiting, { reads, who }] }),
    });
    const stop = (who: number): MemoryAction<Room> => ({
      name: `stop ${who}`,
      when: ({ readers, writers }) => readers.has(who) || writers.has(who),
      then: (room) =>
        room.readers.has(who)
          ? { ...room, readers: without(room.readers, who) }
          : { ...room, writers: without(room.writers, who) },
    });
    const enter: MemoryAction<Room> = {
      name: 'enter',
      when: ({ readers, writers, waiting: [first] }) =>
        first !== undefined && writers.size === 0 && (first.reads || readers.size === 0),
      then: ({ readers, writers, waiting: [first, ...waiting] }) => ({
        readers: first!.reads ? new Set([...readers, first!.who]) : readers,
        writers: first!.reads ? writers : new Set([...writers, first!.who]),
        waiting,
      }),
    };
    const actions = [0, 1, 2].flatMap((who) => [request(who, true), request(who, false), stop(who)]);
    const safe = always('writers are alone', (state) => {
      const { readers, writers } = memoryOf<Room>(state);
      return writers.size === 0 || (writers.size === 1 && readers.size === 0);
    });
    const initial: Room = { readers: new Set(), writers: new Set(), waiting: [] };
    const system = memorySystem('readers and writers', initial, [...actions, enter], { properties: [safe] });
    expect(counts(system)).toEqual([21_527, 59_674, 13]);
  });

  it('an allocator of two resources to three clients (allocator/SimpleAllocator)', () => {
    interface Resources {
      /** Sets as bits, by client. */
      readonly wanted: readonly number[];
      readonly held: readonly number[];
    }
    const actions = [0, 1, 2].flatMap((client) =>
      [1, 2, 3].flatMap((set): MemoryAction<Resources>[] => [
        {
          name: `request ${client} ${set}`,
          when: ({ wanted, held }) => wanted[client] === 0 && held[client] === 0,
          then: ({ wanted, held }) => ({ wanted: wanted.with(client, set), held }),
        },
        {
          name: `allocate ${client} ${set}`,
          when: ({ wanted, held }) =>
            (set & wanted[client]! & ~held.reduce((all, each) => all | each)) === set,
          then: ({ wanted, held }) => ({
            wanted: wanted.with(client, wanted[client]! & ~set),
            held: held.with(client, held[client]! | set),
          }),
        },
        {
          name: `return ${client} ${set}`,
          when: ({ held }) => (set & held[client]!) === set,
          then: ({ wanted, held }) => ({ wanted, held: held.with(client, held[client]! & ~set) }),
        },
      ]),
    );
    const initial: Resources = { wanted: [0, 0, 0], held: [0, 0, 0] };
    expect(counts(memorySystem('allocator', initial, actions))).toEqual([400, 1_633, 6]);
  });
});

describe('messages', () => {
  it('the election of Chang and Roberts, by any of three on a ring (chang_roberts/MCChangRoberts)', () => {
    interface Chart {
      readonly context: {
        readonly id: number;
        readonly next: string;
        readonly is: 'candidate' | 'lost' | 'won';
      };
      readonly input: { readonly id: number; readonly next: string; readonly initiates: boolean };
      readonly events: { readonly type: 'START' } | { readonly type: 'ID'; readonly id: number };
    }
    const types = {} as Chart;
    const node = setup({ types }).createMachine({
      context: ({ input: { id, next, initiates } }) => ({ id, next, is: initiates ? 'candidate' : 'lost' }),
      initial: 'new',
      states: {
        new: {
          on: {
            START: [
              {
                guard: ({ context }) => context.is === 'candidate',
                target: 'ready',
                actions: tell(
                  ({ context }) => context.next,
                  ({ context: { id } }) => ({ type: 'ID', id }),
                ),
              },
              { target: 'ready' },
            ],
          },
        },
        ready: {
          on: {
            ID: [
              {
                guard: ({ context, event }) => context.is === 'lost' || event.id < context.id,
                actions: [
                  assign({ is: 'lost' }),
                  tell(
                    ({ context }) => context.next,
                    ({ event }) => event,
                  ),
                ],
              },
              { guard: ({ context, event }) => event.id === context.id, actions: assign({ is: 'won' }) },
              {},
            ],
          },
        },
      },
    });
    const ring = (initiators: readonly boolean[]): System =>
      defineSystem({
        name: 'ring',
        network: 'unordered',
        actors: Object.fromEntries(
          initiators.map((initiates, id) => [
            `n${id}`,
            {
              logic: node,
              input: { id, next: `n${(id + 1) % initiators.length}`, initiates },
              choices: [{ type: 'START' }],
            },
          ]),
        ),
        properties: [
          always('the winner is the smallest that took part', ({ actors }) => {
            const winner = Object.values(actors).findIndex(
              ({ context }) => (context as Chart['context']).is === 'won',
            );
            return winner < 0 || initiators.indexOf(true) === winner;
          }),
        ],
      });
    // In the specification who takes part is chosen in the initial state; no two of these searches have a state in common.
    const all = Array.from({ length: 8 }, (_, bits) =>
      counts(ring([0, 1, 2].map((at) => (bits & (1 << at)) !== 0))),
    );
    const sum = (part: number): number => all.reduce((total, each) => total + each[part]!, 0);
    expect([sum(0), sum(1), Math.max(...all.map(([, , depth]) => depth!))]).toEqual([137, 227, 10]);
  });
});
