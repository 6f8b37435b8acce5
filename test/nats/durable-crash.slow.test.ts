import { describe, expect, it } from 'vitest';
import { enumerate, kindsOf, summary } from './support/durable/enumerate.ts';
import { reserved } from './support/durable/reserved.ts';
import { crash, type Layout } from './support/durable/run.ts';
import { oneOrder, oneRefused, threeOrders } from './support/durable/scenarios.ts';
import { crashTwice } from './support/durable/twice.ts';

const WIDTH = 3;
const SEED = 7;

const there = reserved(WIDTH);

const writes = [
  'before append',
  'after append',
  'before wake',
  'after wake',
  'before unwake',
  'after unwake',
];

/** What has to be among the cut points of a layout, and at least how many there are. */
const layouts: readonly (readonly [Layout, least: number, kinds: readonly string[]])[] = [
  ['alone', 50, [...writes, 'publish']],
  ['split', 25, [...writes, 'publish', 'publish $took']],
  ['join', 25, [...writes, 'publish']],
  ['arrive', 6, ['before append', 'after append', 'publish']],
  ['leave', 8, ['before append', 'after append', 'publish']],
];

describe('a node that is killed at any point of what it does (D1-D6)', () => {
  it.each(layouts)(
    '%s: orders end, money and stock are conserved, each effect once',
    async (layout, least, kinds) => {
      const { server, reserve } = there();
      const plan = { url: server.url, layout, wanted: threeOrders, seed: SEED };
      const found = await enumerate(
        async (at) => crash(reserve, { ...plan, cut: { at, how: 'flush' } }),
        WIDTH,
      );
      console.info(summary(layout, found));
      expect(found.failures).toEqual([]);
      expect(found.cuts.size).toBeGreaterThan(least);
      expect(kindsOf(found)).toEqual(expect.arrayContaining([...kinds]));
    },
  );

  it.each([oneOrder, oneRefused])('so is the node that takes over from it: order %j', async (wanted) => {
    // Only before and after appends; of the successor the first so many, counted from when it takes over.
    const deep = 4;
    const found = await enumerate(async (n) => {
      const cut = { at: Math.ceil(n / deep), how: 'flush', only: 'append' } as const;
      const { server, reserve } = there();
      return crashTwice(reserve, { url: server.url, wanted, seed: SEED, cut }, ((n - 1) % deep) + 1);
    }, WIDTH);
    console.info(summary(`twice, ${Object.keys(wanted).join()}`, found));
    expect(found.failures).toEqual([]);
    expect(found.cuts.size).toBeGreaterThan(10 * deep);
  });
});
