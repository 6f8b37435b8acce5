import { circuitBreaker, defineService, type System } from 'troupe';
import { breaker, ledgerOf, orderBookOf, stockOf } from '../addresses.ts';
import type { Books } from '../contracts.ts';
import { ledger } from '../machines/ledger.ts';
import { orderBook } from '../machines/order-book.ts';
import { stock } from '../machines/stock.ts';
import { unlessUnderWay } from '../styles/under-way.ts';

/** Few calls decide, so that it trips and recovers within a run. Durations in ms. */
const settings = {
  name: 'bank',
  slidingWindowSize: 10,
  minimumNumberOfCalls: 5,
  slowCallDurationThreshold: 100,
  slowCallRateThreshold: 50,
  waitDurationInOpenState: 300,
  permittedNumberOfCallsInHalfOpenState: 3,
  // Whoever holds a trial permit may die with it.
  maxWaitDurationInHalfOpenState: 1_000,
} as const;

/** What must not be lost: ledger, stock book and order book of every run, and the breaker all share. */
export async function startBooks(system: System): Promise<void> {
  await system.spawn(circuitBreaker, { id: breaker, input: settings });
  const books = defineService<Books>({
    async open({ run, opening: { balances, onHand } }) {
      await unlessUnderWay(system.spawn(ledger, { id: ledgerOf(run), input: { balances } }));
      await unlessUnderWay(system.spawn(stock, { id: stockOf(run), input: { onHand } }));
      await unlessUnderWay(system.spawn(orderBook, { id: orderBookOf(run) }));
    },
  });
  await system.serve('books', books, { input: { name: 'books' } });
}
