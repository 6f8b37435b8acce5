import type { Journal } from 'troupe';
import type { DurableState } from '../../../../src/durable/commit.ts';
import { replay } from '../../../../src/durable/cell/log.ts';
import type { Holding, OrderContext } from './shop.ts';

/** One durable actor, as its journal has it. */
export interface Stored<TContext = unknown> {
  readonly id: string;
  readonly value: unknown;
  readonly context: TContext;
  readonly state: DurableState;
}

export async function storedOf<TContext>(journal: Journal, id: string): Promise<Stored<TContext>> {
  const { state } = replay(id, await journal.load(id));
  return { id, state, value: state.actor.value, context: state.actor.context as TContext };
}

/** Reads at a time, count. */
const WIDTH = 256;

async function all(journal: Journal): Promise<readonly Stored[]> {
  const ids: string[] = [];
  for await (const id of journal.ids()) ids.push(id);
  const found: Stored[] = [];
  for (let at = 0; at < ids.length; at += WIDTH)
    found.push(...(await Promise.all(ids.slice(at, at + WIDTH).map(async (id) => storedOf(journal, id)))));
  return found;
}

/** All that a journal knows of a shop. */
export interface Books {
  readonly orders: ReadonlyMap<string, Stored<OrderContext>>;
  readonly stocks: readonly Stored<Holding>[];
  readonly payments: readonly Stored<Holding>[];
  /** What is not finished: outboxes and works. */
  readonly loose: readonly string[];
}

const looseOf = ({ id, state: { outbox, works } }: Stored): readonly string[] => [
  ...outbox.map(({ number, kind }) => `${id} has not done ${kind} ${number}`),
  ...works.map(({ number }) => `${id} still works at ${number}`),
];

export async function booksOf(journal: Journal): Promise<Books> {
  const stored = await all(journal);
  const of = <TContext>(kind: string): Stored<TContext>[] =>
    stored.filter(({ id }) => id.startsWith(`${kind}/`)) as Stored<TContext>[];
  return {
    orders: new Map(of<OrderContext>('order').map((each) => [each.context.id, each])),
    stocks: of('stock'),
    payments: of('payment'),
    loose: stored.flatMap(looseOf),
  };
}

/**
 * Actors that should have been woken by now. A wake for a later time, the deadline of an ask, may be left by a node that died when its actor had
 * just come to rest: it stays in the schedule of the next owner, and wakes the actor once, for nothing.
 */
export async function wakesOf(journal: Journal, shards: number): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { id, at } of journal.wakes(new Set(Array.from({ length: shards }, (_, n) => n))))
    if (at <= Date.now()) found.push(id);
  return found;
}
