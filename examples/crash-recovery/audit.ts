import type { StoredCommit } from 'troupe';
import { DEPOSIT, SUPPLY, type BankContext, type Purchase, type StockContext } from './shop.ts';

export interface Scenario {
  readonly name: string;
  readonly purchase: Purchase;
  readonly end: 'completed' | 'compensated';
}

/** The last commit of each. */
export interface Books {
  readonly order: StoredCommit | undefined;
  readonly stock: StoredCommit | undefined;
  readonly bank: StoredCommit | undefined;
}

/** What stock and bank have to have taken, in order, each once. */
const LOGS = {
  completed: { stock: ['RESERVE', 'SHIPPED'], bank: ['CHARGE'], parcels: 1 },
  compensated: { stock: ['RESERVE', 'RELEASE'], bank: ['CHARGE'], parcels: 0 },
} as const;

const NO_STOCK: StockContext = { available: 0, reserved: 0, shipped: 0, log: [] };
const NO_BANK: BankContext = { balance: 0, charged: 0, log: [] };

/** Is the order over, and nothing left to be said or done by anybody? */
export function finished({ order, stock, bank }: Books, { end }: Scenario): boolean {
  if (order === undefined || stock === undefined || bank === undefined) return false;
  const isQuiet = [order, stock, bank].every(
    ({ state }) => state.outbox.length === 0 && state.works.length === 0,
  );
  const { log } = stock.context as StockContext;
  return isQuiet && order.value !== 'open' && log.length >= LOGS[end].stock.length;
}

/** All that is not as it has to be. */
export function auditOf(
  { order, stock, bank }: Books,
  parcels: readonly string[],
  scenario: Scenario,
): string[] {
  const { end, purchase } = scenario;
  const { available, reserved, shipped, log: moved } = (stock?.context ?? NO_STOCK) as StockContext;
  const { balance, charged, log: booked } = (bank?.context ?? NO_BANK) as BankContext;
  const wanted = LOGS[end];
  const isPaid = end === 'completed';
  const keys = new Set(parcels).size;
  const claims: readonly (readonly [boolean, string])[] = [
    [order?.value === end, `the order is ${String(order?.value)}`],
    [
      available + reserved + shipped === SUPPLY,
      `of ${SUPPLY} pounds there are ${available + reserved + shipped}`,
    ],
    [reserved === 0, `${reserved} pounds are reserved for ever`],
    [shipped === (isPaid ? purchase.pounds : 0), `${shipped} pounds are shipped`],
    [balance + charged === DEPOSIT, `of ${DEPOSIT} crowns there are ${balance + charged}`],
    [charged === (isPaid ? purchase.crowns : 0), `${charged} crowns are charged`],
    [moved.join() === wanted.stock.join(), `the stock took ${moved.join()}`],
    [booked.join() === wanted.bank.join(), `the bank took ${booked.join()}`],
    [keys === wanted.parcels, `${keys} parcels are posted`],
  ];
  return claims.filter(([holds]) => !holds).map(([, fault]) => fault);
}
