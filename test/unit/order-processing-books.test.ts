import { getAdjacencyMap } from '@xstate/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialTransition, transition, type EventFromLogic, type SnapshotFrom } from 'xstate';
import { ledger } from '../../examples/order-processing/machines/ledger.ts';
import { orderBook } from '../../examples/order-processing/machines/order-book.ts';
import { stock } from '../../examples/order-processing/machines/stock.ts';

type LedgerEvent = EventFromLogic<typeof ledger>;
type StockEvent = EventFromLogic<typeof stock>;

const openLedger = (given: Readonly<Record<string, number>>) =>
  initialTransition(ledger, { balances: given })[0];
const afterCharge = (now: SnapshotFrom<typeof ledger>, event: LedgerEvent) =>
  transition(ledger, now, event)[0];
const openStock = (given: Readonly<Record<string, number>>) => initialTransition(stock, { onHand: given })[0];
const afterStock = (now: SnapshotFrom<typeof stock>, event: StockEvent) => transition(stock, now, event)[0];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Of each order, what is always the same however often it is asked for. */
const orders = {
  o1: { customer: 'ann', amount: 30, lines: { tea: 3 } },
  o2: { customer: 'ann', amount: 80, lines: { tea: 4, cups: 1 } },
  o3: { customer: 'ben', amount: 20, lines: { cups: 2 } },
  o4: { customer: 'ben', amount: 40, lines: { tea: 5 } },
  o5: { customer: 'nobody', amount: 10, lines: { gold: 1 } },
} as const;
const order = fc.constantFrom(...(Object.keys(orders) as (keyof typeof orders)[]));

const balances = { ann: 100, ben: 50 };
const onHand = { tea: 9, cups: 2 };

const charge = (id: keyof typeof orders): LedgerEvent => ({
  type: 'CHARGE',
  order: id,
  customer: orders[id].customer,
  amount: orders[id].amount,
});
const refund = (id: string): LedgerEvent => ({ type: 'REFUND', order: id });
const reserve = (id: keyof typeof orders): StockEvent => ({
  type: 'RESERVE',
  order: id,
  lines: orders[id].lines,
});
const release = (id: string): StockEvent => ({ type: 'RELEASE', order: id });

/** An entry never goes back: what a late or repeated message would have to break. */
const follows: Readonly<Record<string, readonly string[]>> = {
  none: ['charged', 'declined', 'reserved', 'refused', 'void'],
  charged: ['refunded'],
  reserved: ['released'],
};

function expectStep(before: string | undefined, after: string | undefined): void {
  if (before !== after) expect(follows[before ?? 'none']).toContain(after);
}

describe('the ledger', () => {
  it('conserves money whatever is charged and refunded, in any order and however often', () => {
    const events = fc.array(fc.oneof(order.map(charge), order.map(refund)), { maxLength: 40 });
    fc.assert(
      fc.property(events, (received) => {
        let now = openLedger(balances);
        for (const event of received) {
          const before = now.context.charges;
          now = afterCharge(now, event);
          const { context } = now;
          const charged = Object.values(context.charges).filter(({ status }) => status === 'charged');
          expect(sum(Object.values(context.balances)) + context.merchant).toBe(150);
          expect(context.merchant).toBe(sum(charged.map(({ amount }) => amount)));
          expect(Math.min(...Object.values(context.balances))).toBeGreaterThanOrEqual(0);
          for (const id of Object.keys(orders)) expectStep(before[id]?.status, context.charges[id]?.status);
          expect(afterCharge(now, event).context).toEqual(context);
        }
      }),
    );
  });

  it('has 19 states for two orders of which the customer can pay one', () => {
    // Five for each order (none, charged, declined, refunded, void); six pairs of them cannot be: both charged, and
    // declined beside one that was never charged (none, void, declined).
    const pay = (id: string): LedgerEvent => ({ type: 'CHARGE', order: id, customer: 'ann', amount: 10 });
    const map = getAdjacencyMap(ledger, {
      input: { balances: { ann: 10 } },
      events: [pay('a'), pay('b'), refund('a'), refund('b')],
      serializeState: ({ context }: SnapshotFrom<typeof ledger>) =>
        `${context.charges['a']?.status ?? '-'} ${context.charges['b']?.status ?? '-'}`,
    });
    expect(Object.keys(map)).toHaveLength(19);
  });

  it('takes no money for an order that was refunded before it was charged', () => {
    const buried = afterCharge(openLedger(balances), refund('o1'));
    const late = afterCharge(buried, charge('o1'));
    expect(late.context.charges['o1']?.status).toBe('void');
    expect(late.context.balances).toEqual(balances);
  });

  it('gives a customer called like a property of every object no money', () => {
    const odd: LedgerEvent = { type: 'CHARGE', order: 'toString', customer: 'constructor', amount: 1 };
    const { context } = afterCharge(openLedger(balances), odd);
    expect(Object.entries(context.charges)).toMatchObject([['toString', { status: 'declined' }]]);
  });
});

describe('the stock book', () => {
  it('conserves goods whatever is reserved and released, in any order and however often', () => {
    const events = fc.array(fc.oneof(order.map(reserve), order.map(release)), { maxLength: 40 });
    fc.assert(
      fc.property(events, (received) => {
        let now = openStock(onHand);
        for (const event of received) {
          const before = now.context.reservations;
          now = afterStock(now, event);
          const { context } = now;
          const held = Object.values(context.reservations).filter(({ status }) => status === 'reserved');
          for (const [sku, pieces] of Object.entries(onHand)) {
            expect((context.onHand[sku] ?? 0) + sum(held.map(({ lines }) => lines[sku] ?? 0))).toBe(pieces);
          }
          expect(Math.min(...Object.values(context.onHand))).toBeGreaterThanOrEqual(0);
          for (const id of Object.keys(orders))
            expectStep(before[id]?.status, context.reservations[id]?.status);
          expect(afterStock(now, event).context).toEqual(context);
        }
      }),
    );
  });

  it('reserves all lines of an order or none', () => {
    const { context } = afterStock(openStock({ tea: 4 }), reserve('o2'));
    expect(context.onHand).toEqual({ tea: 4 });
    expect(context.reservations['o2']?.status).toBe('refused');
  });
});

describe('the order book', () => {
  it('lets an order end once, and counts whoever wants another end', () => {
    const types = fc.constantFrom('OPEN', 'CONFIRM', 'REJECT');
    fc.assert(
      fc.property(fc.array(types, { maxLength: 12 }), (received) => {
        let now = initialTransition(orderBook)[0];
        for (const type of received) now = transition(orderBook, now, { type, order: 'o1' })[0];
        const ends = received.filter((type) => type !== 'OPEN');
        const [first] = ends;
        const wanted = { CONFIRM: 'confirmed', REJECT: 'rejected' } as const;
        const expected = first === undefined ? (received.length > 0 ? 'open' : undefined) : wanted[first];
        expect(now.context.orders['o1']).toBe(expected);
        expect(now.context.conflicts).toBe(ends.filter((type) => type !== first).length);
      }),
    );
  });
});
