import { assign, setup } from 'xstate';
import { tell, type System } from 'troupe';

/** Numbers that a taker cannot take, however often it is tried. */
export const isPoison = (n: number): boolean => n % 10 === 3;

export interface TakerContext {
  /** What it took, in order. */
  readonly taken: readonly number[];
}

const taker = setup({
  types: { context: {} as TakerContext, events: {} as { type: 'TAKE'; n: number } },
  actions: {
    take: assign({
      taken: ({ context, event: { n } }) => {
        if (isPoison(n)) throw new Error(`cannot take ${n}`);
        return [...context.taken, n];
      },
    }),
  },
}).createMachine({ id: 'taker', context: { taken: [] }, on: { TAKE: { actions: 'take' } } });

/** A value to which things were done in an order: in another order, or twice, it is another value. */
export interface Ledger {
  readonly value: number;
  readonly log: readonly number[];
}

const MODULUS = 1_000_003;
const done = ({ value, log }: Ledger, n: number): Ledger => ({
  value: (value * 31 + n) % MODULUS,
  log: [...log, n],
});

type Write = { type: 'WRITE'; n: number };

export const REPLICAS = 3;
export const replicaOf = (source: string, number: number): string => `replica/${source}-${number}`;

const replica = setup({ types: { context: {} as Ledger, events: {} as Write } }).createMachine({
  id: 'replica',
  context: { value: 1, log: [] },
  on: { WRITE: { actions: assign(({ context, event }) => done(context, event.n)) } },
});

type SourceContext = Ledger & { readonly id: string };

/** Does what it is told, and tells its replicas. */
const source = setup({
  types: { context: {} as SourceContext, input: {} as { id: string }, events: {} as Write },
  actions: {
    write: assign(({ context, event }) => done(context, event.n)),
    first: tell(
      ({ context }) => replicaOf(context.id, 0),
      ({ event }) => event,
    ),
    second: tell(
      ({ context }) => replicaOf(context.id, 1),
      ({ event }) => event,
    ),
    third: tell(
      ({ context }) => replicaOf(context.id, 2),
      ({ event }) => event,
    ),
  },
}).createMachine({
  id: 'source',
  context: ({ input }) => ({ id: input.id, value: 1, log: [] }),
  on: { WRITE: { actions: ['write', 'first', 'second', 'third'] } },
});

export const queueOptions = {
  partitions: 8,
  heartbeat: 200,
  ackWait: 3_000,
  // A node that dies during an attempt has used it up.
  maxAttempts: 6,
  backoff: { initial: 20, max: 100 },
} as const;

export async function hostTalk(system: System): Promise<void> {
  await system.host('taker', taker);
  await system.host('replica', replica);
  await system.host('source', source, { input: (id) => ({ id }) });
  const queue = await system.queue('work', queueOptions);
  await queue.consume(({ key }) => `taker/${key}`);
}
