import type { Journal } from 'troupe';
import type { Commit, DurableState } from '../../../../src/durable/commit.ts';
import { commitOf, replay } from '../../../../src/durable/cell/log.ts';
import type { OrderContext, PaymentContext, StockContext } from './shop.ts';

/** One durable actor, as its journal has it. */
export interface Stored {
  readonly id: string;
  readonly value: unknown;
  readonly context: unknown;
  readonly state: DurableState;
}

/** All that a journal knows of a shop. */
export interface Books {
  readonly orders: ReadonlyMap<string, Stored & { readonly context: OrderContext }>;
  readonly stocks: readonly (Stored & { readonly context: StockContext })[];
  readonly payments: readonly (Stored & { readonly context: PaymentContext })[];
  /** What is not finished: outboxes, works, and wakes that are due. One that is due later than its actor needs is found to be for nothing then. */
  readonly loose: readonly string[];
}

export async function storedOf(journal: Journal, id: string): Promise<Stored> {
  const { state } = replay(id, await journal.load(id));
  return { id, state, value: state.actor.value, context: state.actor.context };
}

async function all(journal: Journal): Promise<readonly Stored[]> {
  const ids: string[] = [];
  for await (const id of journal.ids()) ids.push(id);
  return Promise.all(ids.map(async (id) => storedOf(journal, id)));
}

const looseOf = ({ id, state: { outbox, works } }: Stored): readonly string[] => [
  ...outbox.map(({ number, kind }) => `${id} has not done ${kind} ${number}`),
  ...works.map(({ number }) => `${id} still works at ${number}`),
];

/** What the journal says now. */
export async function booksOf(journal: Journal, shards: number): Promise<Books> {
  const stored = await all(journal);
  const of = <T>(kind: string): T[] => stored.filter(({ id }) => id.startsWith(`${kind}/`)) as T[];
  const loose = stored.flatMap(looseOf);
  for await (const { id, at } of journal.wakes(new Set(Array.from({ length: shards }, (_, n) => n))))
    if (at <= Date.now()) loose.push(`${id} is to be woken at ${at}`);
  const orders = of<Stored & { context: OrderContext }>('order');
  return {
    orders: new Map(orders.map((each) => [each.context.id, each])),
    stocks: of('stock'),
    payments: of('payment'),
    loose,
  };
}

/** The commits of an actor, oldest first. */
export async function commitsOf(journal: Journal, id: string): Promise<readonly Commit[]> {
  const commits = [];
  for await (const { record, position } of journal.history(id)) commits.push(commitOf(id, position, record));
  return commits;
}
