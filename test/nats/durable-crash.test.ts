import { expect, it } from 'vitest';
import { natsServer } from '../support/server.ts';
import { enumerate, kindsOf, summary } from './support/durable/enumerate.ts';
import { crash } from './support/durable/run.ts';
import { oneOrder } from './support/durable/scenarios.ts';
import { Reserve } from './support/durable/victims.ts';

const WIDTH = 3;

it('an order is completed once, at whatever point of its life its node is killed (D1, D2, D5)', async () => {
  await using server = await natsServer();
  await using reserve = new Reserve(WIDTH);
  const plan = { url: server.url, layout: 'alone', wanted: oneOrder, seed: 7 } as const;
  const found = await enumerate(async (at) => crash(reserve, { ...plan, cut: { at, how: 'kill' } }), WIDTH);
  console.info(summary('one order', found));
  expect(found.failures).toEqual([]);
  expect(found.cuts.size).toBeGreaterThan(20);
  expect(kindsOf(found)).toEqual(
    expect.arrayContaining(['before append', 'after append', 'before wake', 'after wake', 'publish']),
  );
}, 120_000);
