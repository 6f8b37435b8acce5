import { expect, it } from 'vitest';
import { enumerate, kindsOf, summary } from './support/durable/enumerate.ts';
import { reserved } from './support/durable/reserved.ts';
import { laterOrder, threeOrders } from './support/durable/scenarios.ts';
import { limits } from './support/durable/survivor.ts';
import { revive } from './support/durable/zombie.ts';

const WIDTH = 3;
const SEED = 7;
/** Only its silence betrays a stopped process. */
const patience = { ...limits, downAfter: 700 };

const there = reserved(WIDTH);

it('a node that is stopped at any point and goes on when another has its actors changes nothing (D1, C1)', async () => {
  let fenced = 0;
  const { server, reserve } = there();
  const plan = { url: server.url, wanted: threeOrders, seed: SEED, limits: patience };
  const found = await enumerate(async (at) => {
    const revival = await revive(reserve, { ...plan, cut: { at, how: 'stop' } }, laterOrder);
    fenced += revival.fenced;
    return revival;
  }, WIDTH);
  console.info(`${summary('stopped', found)}; ${fenced} commits fenced`);
  expect(found.failures).toEqual([]);
  expect(kindsOf(found)).toEqual(expect.arrayContaining(['before append', 'after append', 'publish']));
  expect(fenced).toBeGreaterThan(5);
});
