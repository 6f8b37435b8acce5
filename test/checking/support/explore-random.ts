import { assign, emit, fromPromise, setup, type EventObject } from 'xstate';
import { typed } from '../../../machines/vocabulary.ts';
import { reply, tell } from '../../../src/actor/words.ts';
import type { Random } from '../../../src/ports.ts';
import {
  always,
  defineSystem,
  quiescent,
  sometimes,
  type ActorSpec,
  type Durable,
  type NetworkKind,
  type Property,
  type System,
  type SystemState,
} from 'troupe/testing';

const kinds: readonly NetworkKind[] = ['ordered', 'unordered', 'duplicating', 'monotone'];
const states = ['s0', 's1', 's2'];
const types = ['A', 'B', 'C'];
const MODULUS = 3;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const chance = (random: Random, share: number): boolean => random() < share;

/** Charts of three states with every way to speak, wait and work that a system knows, put together at random. */
function chart(random: Random, id: string, names: readonly string[]) {
  const said =
    (type: string) =>
    ({ context }: { context: { n: number } }) => ({ type, n: context.n });
  const count = assign({ n: ({ context }: { context: { n: number } }) => (context.n + 1) % MODULUS });
  // Actions of random kinds have no one type of XState's that fits them all.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  const deeds = (): any[] => [
    ...(chance(random, 0.4) ? [count] : []),
    ...(chance(random, 0.6) ? [tell(pick(random, [...names, 'nobody']), said(pick(random, types)))] : []),
    ...(chance(random, 0.2) ? [emit({ type: `news.${pick(random, types)}`, n: 0 })] : []),
    ...(chance(random, 0.1) ? [reply({ type: 'C', n: 0 } as never)] : []),
  ];
  const transition = () => ({
    ...(chance(random, 0.7) ? { target: pick(random, states) } : {}),
    ...(chance(random, 0.3) ? { guard: 'agrees' } : {}),
    actions: deeds(),
  });
  const some = (from: readonly string[], share: number) =>
    Object.fromEntries(from.filter(() => chance(random, share)).map((type) => [type, transition()]));
  const node = () => ({
    entry: chance(random, 0.15) ? deeds() : [],
    on: {
      ...some([...types, 'GO'], 0.5),
      ...some(['news.A', 'news.*'], 0.3),
      ...(chance(random, 0.04) ? { B: { actions: 'fail' } } : {}),
    },
    ...(chance(random, 0.25) ? { after: { 1_000: transition() } } : {}),
    ...(chance(random, 0.2)
      ? {
          invoke: {
            src: 'work',
            onDone: transition(),
            ...(chance(random, 0.7) ? { onError: transition() } : {}),
          },
        }
      : {}),
  });
  return setup({
    types: typed<{
      context: { n: number };
      input: { n?: number } | undefined;
      events: { type: string; n?: number };
    }>(),
    actors: { work: fromPromise(async () => 0) },
    guards: { agrees: ({ context, event }) => event.n === undefined || event.n === context.n },
    actions: {
      fail: assign(() => {
        throw new Error('No.');
      }),
    },
  }).createMachine({
    id,
    context: ({ input }: { input: { n?: number } | undefined }) => ({ n: input?.n ?? 0 }),
    initial: 's0',
    states: { s0: node(), s1: node(), s2: node() },
  } as never);
}

const durables: readonly (boolean | Durable | undefined)[] = [
  undefined,
  true,
  {
    save: ({ context }: { context: { n: number } }) => context.n,
    load: (_input: unknown, n: number) => ({ n }),
  },
];

function actor(random: Random, id: string, names: readonly string[]): ActorSpec {
  const durable = pick(random, durables);
  return {
    logic: chart(random, id, names),
    ...(chance(random, 0.5) ? { choices: [{ type: 'GO' }] } : {}),
    ...(chance(random, 0.2)
      ? { choices: ({ context }) => [{ type: 'GO', n: (context as { n: number }).n }] }
      : {}),
    outcomes: { work: () => [{ output: 1 }, { error: 'no' }] },
    ...(durable === undefined ? {} : { durable }),
    ...(chance(random, 0.3) ? { subscribe: [pick(random, ['news.*', 'news.A', 'news.>'])] } : {}),
  };
}

function faults(random: Random): NonNullable<System['faults']> {
  const all = ['lose', 'duplicate', 'crash', 'restart', 'partition', 'heal', 'corrupt', 'forge'] as const;
  return Object.fromEntries(
    all.filter(() => chance(random, 0.25)).map((fault) => [fault, pick(random, [1, 1, 2, Infinity])]),
  );
}

function properties(random: Random, names: readonly string[]): Property[] {
  const [one, other] = [pick(random, names), pick(random, names)];
  const [here, there] = [pick(random, states), pick(random, states)];
  const both = ({ actors }: SystemState) => actors[one]!.value === here && actors[other]!.value === there;
  return [
    always('never both', (state) => !both(state)),
    sometimes('both', both),
    sometimes('two messages', ({ network }) => network.length > 1),
    sometimes('a long history', ({ history }) => (history as string | undefined)?.length === 2),
    sometimes('split', ({ partition }) => partition?.includes(one) ?? false),
    quiescent('ends there', ({ actors }) => actors[one]!.value === here),
  ];
}

const short = (history: string, more: string): string => `${history}${more}`.slice(-2);

/** A system of two or three actors on any network, with any faults; few states, for nothing in it counts far. */
export function randomSystem(random: Random): System {
  const names = chance(random, 0.7) ? ['a', 'b'] : ['a', 'b', 'c'];
  const most = pick(random, [2, 3]);
  return defineSystem({
    name: 'random',
    network: pick(random, kinds),
    timers: pick(random, ['any', 'quiet', 'never'] as const),
    faults: faults(random),
    ...(chance(random, 0.3) ? { mortal: ['a'] } : {}),
    ...(chance(random, 0.3) ? { cuts: [['a'], ['a', 'b'], ['a']] } : {}),
    actors: Object.fromEntries(names.map((name) => [name, actor(random, name, names)])),
    byzantine: {
      ...(chance(random, 0.5)
        ? { corrupt: ({ event }) => [{ ...event, n: 1 } as EventObject, { type: 'A' }].slice(0, 2) }
        : {}),
      ...(chance(random, 0.5)
        ? {
            forge: ({ network }) =>
              network.length > 1 ? [] : [{ from: 'a', to: 'b', event: { type: 'B', n: 0 } as EventObject }],
          }
        : {}),
    },
    ...(chance(random, 0.4)
      ? {
          history: {
            initial: '',
            delivered: (history: string, { event }) => short(history, event.type.toLowerCase()),
            emitted: (history: string, by: string) => (by === 'a' ? short(history, '!') : undefined),
            ...(chance(random, 0.5)
              ? { sent: (history: string, { event }) => short(history, event.type) }
              : {}),
          },
        }
      : {}),
    boundary: ({ network }) => network.length <= most,
    properties: properties(random, names),
  });
}
