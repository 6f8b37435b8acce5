import type { LedgerContext } from './machines/ledger.ts';
import type { OrderBookContext } from './machines/order-book.ts';
import type { Lines, StockContext } from './machines/stock.ts';
import type { Opening } from './opening.ts';
import type { Order } from './order.ts';
import { linesOf } from './lines.ts';

/** The books of a run as they stand at its end. */
export interface Closing {
  readonly ledger: LedgerContext;
  readonly stock: StockContext;
  readonly orderBook: OrderBookContext;
}

export interface Evidence {
  readonly orders: readonly Order[];
  readonly opening: Opening;
  readonly closing: Closing;
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, number) => total + number, 0);

const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

/**
 * Are money and goods conserved, and did every order end once? The books are compared with the orders and with each
 * other, never with what the services said.
 * @returns one sentence for each thing that is wrong; empty when all is well
 */
export function audit(evidence: Evidence): readonly string[] {
  return [...endings(evidence), ...money(evidence), ...goods(evidence), ...negatives(evidence)];
}

function endings({ orders, closing: { orderBook } }: Evidence): string[] {
  const known = new Set(orders.map(({ id }) => id));
  const unfinished = orders.filter(
    ({ id }) => !['confirmed', 'rejected'].includes(own(orderBook.orders, id) ?? ''),
  );
  const strangers = Object.keys(orderBook.orders).filter((id) => !known.has(id));
  return [
    ...unfinished.map(({ id }) => `${id} has not ended: it is ${own(orderBook.orders, id) ?? 'unknown'}.`),
    ...strangers.map((id) => `${id} is in the order book, but nobody ordered it.`),
    ...(orderBook.conflicts === 0
      ? []
      : [`${orderBook.conflicts} times an ended order was given another end.`]),
  ];
}

const isConfirmed = ({ closing: { orderBook } }: Evidence, { id }: Order): boolean =>
  own(orderBook.orders, id) === 'confirmed';

function money(evidence: Evidence): string[] {
  const { orders, opening, closing } = evidence;
  const { balances, merchant, charges } = closing.ledger;
  const before = sum(Object.values(opening.balances));
  const after = sum(Object.values(balances)) + merchant;
  const earned = sum(orders.filter((order) => isConfirmed(evidence, order)).map(({ amount }) => amount));
  const problems = orders.flatMap((order) => {
    const charge = own(charges, order.id);
    const paid = charge?.status === 'charged' ? charge.amount : 0;
    const due = isConfirmed(evidence, order) ? order.amount : 0;
    return paid === due ? [] : [`${order.id} was charged ${paid} cents instead of ${due}.`];
  });
  for (const customer of new Set([...Object.keys(opening.balances), ...Object.keys(balances)])) {
    const spent = orders.filter((order) => order.customer === customer && isConfirmed(evidence, order));
    const due = (own(opening.balances, customer) ?? 0) - sum(spent.map(({ amount }) => amount));
    const has = own(balances, customer) ?? 0;
    if (has !== due) problems.push(`${customer} has ${has} cents instead of ${due}.`);
  }
  if (before !== after) problems.push(`There were ${before} cents, now there are ${after}.`);
  if (merchant !== earned) problems.push(`The merchant has ${merchant} cents instead of ${earned}.`);
  return problems;
}

const isSame = (some: Lines, others: Lines): boolean =>
  [...new Set([...Object.keys(some), ...Object.keys(others)])].every((sku) => some[sku] === others[sku]);

function goods(evidence: Evidence): string[] {
  const { orders, opening, closing } = evidence;
  const { onHand, reservations } = closing.stock;
  const problems = orders.flatMap((order) => {
    const reservation = own(reservations, order.id);
    const held = reservation?.status === 'reserved' ? reservation.lines : {};
    const due = isConfirmed(evidence, order) ? linesOf(order.items) : {};
    return isSame(held, due)
      ? []
      : [`${order.id} holds ${JSON.stringify(held)} instead of ${JSON.stringify(due)}.`];
  });
  const reserved = Object.values(reservations).filter(({ status }) => status === 'reserved');
  for (const sku of new Set([...Object.keys(opening.onHand), ...Object.keys(onHand)])) {
    const before = own(opening.onHand, sku) ?? 0;
    const after = (own(onHand, sku) ?? 0) + sum(reserved.map(({ lines }) => own(lines, sku) ?? 0));
    if (before !== after) problems.push(`There were ${before} of ${sku}, now there are ${after}.`);
  }
  return problems;
}

const negatives = ({ closing: { ledger, stock } }: Evidence): string[] => [
  ...Object.entries({ ...ledger.balances, 'the merchant': ledger.merchant })
    .filter(([, cents]) => cents < 0)
    .map(([who, cents]) => `The balance of ${who} is ${cents} cents.`),
  ...Object.entries(stock.onHand)
    .filter(([, pieces]) => pieces < 0)
    .map(([sku, pieces]) => `There are ${pieces} of ${sku} on hand.`),
];
