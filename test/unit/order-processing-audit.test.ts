import { describe, expect, it } from 'vitest';
import { audit, type Evidence } from '../../examples/order-processing/audit.ts';
import type { Order } from '../../examples/order-processing/order.ts';

const order = (id: string, customer: string, quantity: number): Order => ({
  id,
  customer,
  card: 'ok',
  items: [{ sku: 'tea', quantity, price: 10 }],
  amount: quantity * 10,
});

/** One confirmed, one rejected for want of money, one paid back for want of goods; all as it should be. */
const honest: Evidence = {
  orders: [order('o1', 'ann', 3), order('o2', 'ben', 4), order('o3', 'ann', 6)],
  opening: { balances: { ann: 100, ben: 20 }, onHand: { tea: 5 } },
  closing: {
    ledger: {
      balances: { ann: 70, ben: 20 },
      merchant: 30,
      charges: {
        o1: { status: 'charged', customer: 'ann', amount: 30 },
        o2: { status: 'declined', customer: 'ben', amount: 40 },
        o3: { status: 'refunded', customer: 'ann', amount: 60 },
      },
    },
    stock: {
      onHand: { tea: 2 },
      reservations: {
        o1: { status: 'reserved', lines: { tea: 3 } },
        o3: { status: 'refused', lines: { tea: 6 } },
      },
    },
    orderBook: { orders: { o1: 'confirmed', o2: 'rejected', o3: 'rejected' }, conflicts: 0 },
  },
};

const { ledger, stock, orderBook } = honest.closing;
const withLedger = (change: Partial<typeof ledger>): Evidence => ({
  ...honest,
  closing: { ...honest.closing, ledger: { ...ledger, ...change } },
});
const withStock = (change: Partial<typeof stock>): Evidence => ({
  ...honest,
  closing: { ...honest.closing, stock: { ...stock, ...change } },
});
const withOrderBook = (change: Partial<typeof orderBook>): Evidence => ({
  ...honest,
  closing: { ...honest.closing, orderBook: { ...orderBook, ...change } },
});

describe('the audit of a run', () => {
  it('finds nothing wrong with honest books', () => {
    expect(audit(honest)).toEqual([]);
  });

  it('finds a cent that went astray', () => {
    expect(audit(withLedger({ balances: { ann: 69, ben: 20 } }))).toEqual([
      'ann has 69 cents instead of 70.',
      'There were 120 cents, now there are 119.',
    ]);
  });

  it('finds money that was moved to the wrong customer, though the sum is right', () => {
    expect(audit(withLedger({ balances: { ann: 71, ben: 19 } }))).toEqual([
      'ann has 71 cents instead of 70.',
      'ben has 19 cents instead of 20.',
    ]);
  });

  it('finds a rejected order that was charged', () => {
    const charges = { ...ledger.charges, o3: { status: 'charged', customer: 'ann', amount: 60 } } as const;
    expect(audit(withLedger({ balances: { ann: 10, ben: 20 }, merchant: 90, charges }))).toEqual([
      'o3 was charged 60 cents instead of 0.',
      'ann has 10 cents instead of 70.',
      'The merchant has 90 cents instead of 30.',
    ]);
  });

  it('finds a confirmed order that was charged twice', () => {
    expect(audit(withLedger({ balances: { ann: 40, ben: 20 }, merchant: 60 }))).toEqual([
      'ann has 40 cents instead of 70.',
      'The merchant has 60 cents instead of 30.',
    ]);
  });

  it('finds a debt', () => {
    expect(audit(withLedger({ balances: { ann: 70, ben: -5 }, merchant: 55 }))).toContain(
      'The balance of ben is -5 cents.',
    );
  });

  it('finds goods that disappeared, or appeared', () => {
    expect(audit(withStock({ onHand: { tea: 1 } }))).toEqual(['There were 5 of tea, now there are 4.']);
    expect(audit(withStock({ onHand: { tea: 2, gold: 1 } }))).toEqual([
      'There were 0 of gold, now there are 1.',
    ]);
  });

  it('finds goods held for an order that was rejected, and less than was ordered', () => {
    const reservations = {
      o1: { status: 'reserved', lines: { tea: 2 } },
      o2: { status: 'reserved', lines: { tea: 1 } },
    } as const;
    expect(audit(withStock({ reservations }))).toEqual([
      'o1 holds {"tea":2} instead of {"tea":3}.',
      'o2 holds {"tea":1} instead of {}.',
    ]);
  });

  it('finds an order that has not ended, one nobody made, and one that ended twice', () => {
    expect(audit(withOrderBook({ orders: { ...orderBook.orders, o2: 'open' } }))).toEqual([
      'o2 has not ended: it is open.',
    ]);
    expect(audit(withOrderBook({ orders: { o1: 'confirmed', o2: 'rejected' } }))).toEqual([
      'o3 has not ended: it is unknown.',
    ]);
    expect(audit(withOrderBook({ orders: { ...orderBook.orders, o9: 'rejected' } }))).toEqual([
      'o9 is in the order book, but nobody ordered it.',
    ]);
    expect(audit(withOrderBook({ conflicts: 1 }))).toEqual(['1 times an ended order was given another end.']);
  });
});
