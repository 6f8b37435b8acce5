import { expect } from 'vitest';
import type { Books } from './books.ts';
import { DEPOSIT, SUPPLY, type Purchase, type Writing } from './shop.ts';

/** What is bought, by the number of the order, and how that has to end. */
export interface Wanted extends Purchase {
  readonly end: 'completed' | 'cancelled' | 'rejected';
}

const ended: readonly unknown[] = ['completed', 'cancelled', 'rejected', 'lost'];

/** Has every order come to an end, and is nothing left to be done? */
export const isQuiet = ({ orders, loose }: Books, wanted: Readonly<Record<string, Wanted>>): boolean =>
  loose.length === 0 && Object.keys(wanted).every((id) => ended.includes(orders.get(id)?.value));

/** Every order ended as it has to, and what others know of it is what it did, each thing once. */
export function audit(
  { orders, stocks, payments, loose }: Books,
  wanted: Readonly<Record<string, Wanted>>,
  written: readonly Writing[],
  where: string,
): void {
  const ids = Object.keys(wanted);
  const endings = Object.fromEntries(ids.map((id) => [id, orders.get(id)?.value]));
  const expected = Object.fromEntries(ids.map((id) => [id, wanted[id]?.end]));
  expect(endings, where).toEqual(expected);
  expect(loose, where).toEqual([]);
  for (const { id, context } of stocks) {
    const sku = id.slice('stock/'.length);
    const own = ids.filter((each) => wanted[each]?.sku === sku);
    const shipped = own.filter((each) => wanted[each]?.end === 'completed');
    expect(context.log.toSorted(), `${where}, ${id}`).toEqual(
      own.flatMap((each) => stockLog(each, wanted[each]!)).toSorted(),
    );
    expect(context, `${where}, ${id}`).toMatchObject({
      reserved: {},
      shipped: sum(shipped, wanted, 'quantity'),
    });
    expect(context.available + context.shipped, `${where}, ${id}`).toBe(SUPPLY);
  }
  for (const { id, context } of payments) {
    const account = id.slice('payment/'.length);
    const own = ids.filter((each) => wanted[each]?.account === account && wanted[each].end !== 'rejected');
    const paid = own.filter((each) => wanted[each]?.end === 'completed');
    expect(context.log.toSorted(), `${where}, ${id}`).toEqual(
      own.flatMap((each) => paymentLog(each, wanted[each]!)).toSorted(),
    );
    expect(context, `${where}, ${id}`).toMatchObject({
      settled: paid.length,
      charged: sum(paid, wanted, 'price'),
    });
    expect(context.balance + context.charged, `${where}, ${id}`).toBe(DEPOSIT);
  }
  const keys = new Map(written.map(({ key, order }) => [key, order]));
  const completed = ids.filter((id) => wanted[id]?.end === 'completed');
  expect([...keys.values()].toSorted(), `${where}, the world outside`).toEqual(completed.toSorted());
}

const sum = (
  ids: readonly string[],
  wanted: Readonly<Record<string, Wanted>>,
  what: 'quantity' | 'price',
): number => ids.reduce((total, id) => total + (wanted[id]?.[what] ?? 0), 0);

function stockLog(id: string, { end }: Wanted): readonly string[] {
  const last = { completed: [`SHIP ${id}`], cancelled: [`RELEASE ${id}`], rejected: [] };
  return [`RESERVE ${id}`, ...last[end]];
}

const paymentLog = (id: string, { end }: Wanted): readonly string[] =>
  end === 'completed' ? [`CHARGE ${id}`, `SETTLE ${id}`] : [`CHARGE ${id}`];
