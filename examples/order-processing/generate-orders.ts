/**
 * Prints an orders file: `node --import tsx examples/order-processing/generate-orders.ts 240 7 > orders.jsonl`. The same
 * count and seed give the same file.
 */
import { opening, prices } from './opening.ts';
import { total, type Card, type Item, type Order } from './order.ts';

const [count = 240, seed = 7] = process.argv.slice(2).map(Number);

/** Mulberry32 (Ettinger): 32 bits of state are plenty for a file of orders. */
let state = seed;
const random = (): number => {
  state = (state + 0x6d2b79f5) | 0;
  let bits = Math.imul(state ^ (state >>> 15), state | 1);
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
  return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
};

const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;

const skus = Object.keys(prices).filter((sku) => sku !== 'saffron');

const items = (): Item[] => {
  const chosen = new Set(Array.from({ length: 1 + below(4) }, () => pick(skus)));
  // Everybody wants saffron, and there is little of it.
  if (random() < 0.22) chosen.add('saffron');
  return [...chosen].map((sku) => ({ sku, quantity: 1 + below(3), price: prices[sku]! }));
};

/** One order in eleven has a bad card; a stretch in the middle goes to a bank that has a bad day. */
const card = (number: number): Card => {
  if (number >= count * 0.3 && number < count * 0.39) return 'slow';
  return random() < 0.09 ? 'declined' : 'ok';
};

const order = (number: number): Order => {
  const chosen = items();
  return {
    id: `order-${String(number + 1).padStart(4, '0')}`,
    customer: pick(Object.keys(opening.balances)),
    card: card(number),
    items: chosen,
    amount: total(chosen),
  };
};

for (let number = 0; number < count; number += 1) {
  process.stdout.write(`${JSON.stringify(order(number))}\n`);
}
