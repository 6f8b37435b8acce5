import { expect } from 'vitest';
import { defaultLimits, isTroupeError, type Journal } from 'troupe';
import { booksOf, wakesOf, type Books } from './books.ts';
import type { Orders } from './orders.ts';
import { DEPOSIT, SUPPLY, type Holding, type Purchase } from './shop.ts';

const ended: readonly unknown[] = ['completed', 'cancelled', 'rejected', 'lost'];

const LOOK = 250;

/** Resolves when the journal says that all orders have come to an end and nothing is left to be done. */
export async function atRest(journal: Journal, orders: Orders, timeout: number): Promise<Books> {
  const start = performance.now();
  for (;;) {
    const late = performance.now() - start > timeout;
    const wakes = await unlessAway(wakesOf(journal, defaultLimits.shards));
    const books = wakes?.length === 0 || late ? await unlessAway(booksOf(journal)) : undefined;
    if (wakes !== undefined && books !== undefined) {
      const open = [...orders.keys()].filter((id) => !ended.includes(books.orders.get(id)?.value));
      if (open.length === 0 && books.loose.length === 0 && wakes.length === 0) return books;
      if (late) throw new Error(unfinished(books, open, wakes, timeout));
    }
    if (late) throw new Error(`the store is still away after ${timeout} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Servers that were hurt may not answer yet. */
async function unlessAway<T>(read: Promise<T>): Promise<T | undefined> {
  return read.catch((error: unknown) => {
    if (isTroupeError(error) && error.retryable) return undefined;
    throw error;
  });
}

function unfinished(
  { orders, loose }: Books,
  open: readonly string[],
  wakes: readonly string[],
  timeout: number,
): string {
  const states = open.map((id) => `order/${id} is ${String(orders.get(id)?.value)}`);
  const lines = [...loose, ...states, ...wakes.map((id) => `${id} is to be woken`)];
  return `not at rest after ${timeout} ms (${lines.length}): ${lines.slice(0, 20).join('; ')}`;
}

interface Ended extends Purchase {
  readonly id: string;
  readonly end: unknown;
}

/** Money and stock are conserved, no order is lost, none was done twice. @returns how many orders ended how */
export function audit(
  { orders, stocks, payments, loose }: Books,
  wanted: Orders,
): Readonly<Record<string, number>> {
  const all: Ended[] = [...wanted].map(([id, purchase]) => ({ ...purchase, id, end: orders.get(id)?.value }));
  expect(orders.size).toBe(wanted.size);
  expect(loose).toEqual([]);
  for (const { id, context } of stocks)
    checkStock(
      context,
      all.filter(({ sku }) => id === `stock/${sku}`),
      id,
    );
  for (const { id, context } of payments)
    checkPayment(
      context,
      all.filter(({ account }) => id === `payment/${account}`),
      id,
    );
  const count = (end: string): number => all.filter((each) => each.end === end).length;
  const counts = {
    completed: count('completed'),
    cancelled: count('cancelled'),
    rejected: count('rejected'),
  };
  expect(counts.completed + counts.cancelled + counts.rejected, 'orders that ended').toBe(wanted.size);
  return counts;
}

const sum = (orders: readonly Ended[], what: 'quantity' | 'price'): number =>
  orders.reduce((total, each) => total + each[what], 0);

function checkStock({ left, held, gone, log }: Holding, own: readonly Ended[], id: string): void {
  const completed = own.filter(({ end }) => end === 'completed');
  const expected = own.flatMap(({ id: order, end }) => [
    `RESERVE ${order}`,
    ...(end === 'completed' ? [`SHIP ${order}`] : []),
    ...(end === 'cancelled' ? [`RELEASE ${order}`] : []),
  ]);
  expect(log.toSorted(), id).toEqual(expected.toSorted());
  expect({ left, held, gone }, id).toEqual({
    left: SUPPLY - sum(completed, 'quantity'),
    held: 0,
    gone: sum(completed, 'quantity'),
  });
}

function checkPayment({ left, held, gone, log }: Holding, own: readonly Ended[], id: string): void {
  const completed = own.filter(({ end }) => end === 'completed');
  const expected = own.filter(({ end }) => end !== 'rejected').map(({ id: order }) => `CHARGE ${order}`);
  expect(log.toSorted(), id).toEqual(expected.toSorted());
  expect({ left, held, gone }, id).toEqual({
    left: DEPOSIT - sum(completed, 'price'),
    held: 0,
    gone: sum(completed, 'price'),
  });
}
