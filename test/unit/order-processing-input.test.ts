import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../examples/order-processing/options.ts';
import { opening, prices } from '../../examples/order-processing/opening.ts';
import { parseOrders, readOrders } from '../../examples/order-processing/orders-file.ts';

const file = fileURLToPath(new URL('../../examples/order-processing/orders.jsonl', import.meta.url));

const good = {
  id: 'o1',
  customer: 'ann',
  card: 'ok',
  items: [{ sku: 'tea', quantity: 2, price: 10 }],
  amount: 20,
};
const lines = (...orders: readonly unknown[]): string =>
  orders.map((order) => JSON.stringify(order)).join('\n');

describe('the orders file', () => {
  it('that comes with the example has orders of many kinds, some bound to fail in each way', async () => {
    const orders = await readOrders(file);
    expect(orders).toHaveLength(240);
    expect(new Set(orders.map(({ customer }) => customer))).toEqual(new Set(Object.keys(opening.balances)));
    const perCard = (card: string) => orders.filter((order) => order.card === card).length;
    expect([perCard('declined'), perCard('slow')].map((count) => count >= 15)).toEqual([true, true]);
    const wanted = orders.flatMap(({ items }) => items).filter(({ sku }) => sku === 'saffron');
    const saffron = wanted.reduce((sum, { quantity }) => sum + quantity, 0);
    expect(saffron).toBeGreaterThan(2 * (opening.onHand['saffron'] ?? 0));
    const prised = orders.flatMap(({ items }) => items).every(({ sku, price }) => prices[sku] === price);
    expect(prised).toBe(true);
    expect(new Set(orders.map(({ items }) => items.length)).size).toBeGreaterThan(3);
  });

  it('is read line by line, empty lines aside', () => {
    expect(parseOrders(`\n${lines(good)}\n\n`, 'f')).toEqual([good]);
  });

  it.each([
    ['{bad', /^f:2: .*JSON/],
    ['[]', /^f:2: an order must be a JSON object\.$/],
    [lines({ ...good, id: 'a/b' }), /^f:2: "id" must be .*, got "a\/b"\.$/],
    [lines({ ...good, customer: '' }), /^f:2: "customer" must be .*, got ""\.$/],
    [lines({ ...good, card: 'gold' }), /^f:2: "card" must be one of ok, declined, slow, got "gold"\.$/],
    [lines({ ...good, items: [] }), /^f:2: "items" must be a list with an item\.$/],
    [lines({ ...good, items: [7] }), /^f:2: an item must be an object, got 7\.$/],
    [
      lines({ ...good, items: [{ sku: 'tea', quantity: 0, price: 1 }] }),
      /^f:2: "quantity" must be a positive integer, got 0\.$/,
    ],
    [lines({ ...good, amount: 20.5 }), /^f:2: "amount" must be a positive integer, got 20\.5\.$/],
    [lines({ ...good, amount: 21 }), /^f:2: "amount" is 21, but the items cost 20\.$/],
    [lines({ ...good, id: 'o0' }), /^f:2: the order "o0" is there twice\.$/],
  ])('with the line %s is refused, and the line named', (line, message) => {
    const text = `${lines({ ...good, id: 'o0' })}\n${line}`;
    expect(() => parseOrders(text, 'f')).toThrow(expect.objectContaining({ code: 'INVALID_ORDER' }));
    expect(() => parseOrders(text, 'f')).toThrow(message);
  });

  it('that is empty, or is not there, is refused', async () => {
    expect(() => parseOrders('\n', 'f')).toThrow('f:1: there is no order in it.');
    await expect(readOrders('no-such-file')).rejects.toMatchObject({
      code: 'NO_ORDERS_FILE',
      message: 'The orders file "no-such-file" cannot be read (ENOENT).',
    });
  });

  it('never fails with anything but INVALID_ORDER, whatever is in it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(() => parseOrders(text, 'f')).toThrow(expect.objectContaining({ code: 'INVALID_ORDER' }));
      }),
    );
  });
});

describe('the options of npm start', () => {
  const names = (args: readonly string[]) => readOptions(args).styles.map(({ name }) => name);

  it('process the file of the example in both styles unless told otherwise', () => {
    expect(readOptions([])).toMatchObject({
      nats: false,
      attach: false,
      json: false,
      help: false,
      orders: file,
    });
    expect(names([])).toEqual(['orchestrated', 'choreographed']);
    expect(names(['--style', 'workflow'])).toEqual(['workflow']);
  });

  it.each([
    [['--nope'], /'--nope'/],
    [['stray'], /'stray'/],
    [['--style', 'toString'], /--style is "toString"; it must be one of both, orchestrated, /],
    [['--orders'], /--orders/],
  ])('refuse %j in one line', (args, message) => {
    expect(() => readOptions(args)).toThrow(expect.objectContaining({ code: 'USAGE' }));
    expect(() => readOptions(args)).toThrow(message);
  });
});
