import { readFile } from 'node:fs/promises';
import { TroupeError } from 'troupe';
import { cards, total, type Item, type Order } from './order.ts';

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const name = (value: unknown, field: string): string => {
  // It becomes part of an actor's address.
  if (typeof value === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value)) return value;
  throw new TypeError(`"${field}" must be 1 to 64 of A-Z a-z 0-9 _ -, got ${JSON.stringify(value)}`);
};

const count = (value: unknown, field: string): number => {
  if (Number.isSafeInteger(value) && (value as number) > 0) return value as number;
  throw new TypeError(`"${field}" must be a positive integer, got ${JSON.stringify(value)}`);
};

const item = (value: unknown): Item => {
  if (!isRecord(value)) throw new TypeError(`an item must be an object, got ${JSON.stringify(value)}`);
  return {
    sku: name(value['sku'], 'sku'),
    quantity: count(value['quantity'], 'quantity'),
    price: count(value['price'], 'price'),
  };
};

function order(value: unknown): Order {
  if (!isRecord(value)) throw new TypeError('an order must be a JSON object');
  const { items } = value;
  if (!Array.isArray(items) || items.length === 0) throw new TypeError('"items" must be a list with an item');
  const card = cards.find((each) => each === value['card']);
  if (card === undefined) {
    throw new TypeError(`"card" must be one of ${cards.join(', ')}, got ${JSON.stringify(value['card'])}`);
  }
  const parsed = items.map(item);
  const amount = count(value['amount'], 'amount');
  if (amount !== total(parsed)) {
    throw new TypeError(`"amount" is ${amount}, but the items cost ${total(parsed)}`);
  }
  return {
    id: name(value['id'], 'id'),
    customer: name(value['customer'], 'customer'),
    card,
    items: parsed,
    amount,
  };
}

const bad = (source: string, line: number, problem: string): TroupeError =>
  new TroupeError('INVALID_ORDER', `${source}:${line}: ${problem}.`);

/**
 * The orders of a text with one JSON object per line; empty lines count but are skipped.
 * @param source names the text in errors
 * @throws TroupeError INVALID_ORDER with the number of the line: not JSON, a field missing or wrong, an id twice, no order at all
 */
export function parseOrders(text: string, source: string): readonly Order[] {
  const orders = new Map<string, Order>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let parsed: Order;
    try {
      parsed = order(JSON.parse(line));
    } catch (error) {
      throw bad(source, index + 1, error instanceof Error ? error.message : String(error));
    }
    if (orders.has(parsed.id)) throw bad(source, index + 1, `the order "${parsed.id}" is there twice`);
    orders.set(parsed.id, parsed);
  }
  if (orders.size === 0) throw bad(source, 1, 'there is no order in it');
  return [...orders.values()];
}

/** @throws TroupeError NO_ORDERS_FILE when it cannot be read, and what `parseOrders` throws */
export async function readOrders(path: string): Promise<readonly Order[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new TroupeError('NO_ORDERS_FILE', `The orders file "${path}" cannot be read (${why}).`, { cause });
  }
  return parseOrders(text, path);
}
