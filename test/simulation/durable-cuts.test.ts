import { describe, expect, it } from 'vitest';
import { cutEverywhere, pointsOf } from './support/durable/cuts.ts';
import { short } from './support/durable/mixed.ts';
import { blackoutAt, killAt, stallAt } from './support/durable/ordeals.ts';

const SEED = 1;
const NODES = ['a', 'b', 'c'];
/** What a point is, without its details. */
const kindOf = (point: string): string => /^(?:before|after) \w+|^\w+/.exec(point)![0];

describe('cut at every point of a run', () => {
  it('there are points before and after each operation of the store, before each frame and each effect outside', async () => {
    const points = await Promise.all(NODES.map(async (name) => pointsOf(short['orders']!, SEED, name)));
    expect([...new Set(points.flat().map(kindOf))].sort()).toEqual([
      'after append',
      'after load',
      'after unwake',
      'after wake',
      'before append',
      'before load',
      'before unwake',
      'before wake',
      'publishes',
      'ships',
    ]);
  });

  it('orders are completed or compensated, each effect once, wherever one of three nodes is killed', async () => {
    expect(await cutEverywhere(short['orders']!, SEED, NODES, killAt)).toBeGreaterThan(60);
  });

  it('the same where it is stopped for 8 s, and goes on when others have taken over', async () => {
    const stall = (name: string, nth: number) => stallAt(name, nth, 8_000);
    expect(await cutEverywhere(short['orders']!, SEED, NODES, stall)).toBeGreaterThan(60);
  });

  it('alarms ring once, and a cancelled one never, wherever all nodes are killed for 3 s', async () => {
    const blackout = (name: string, nth: number) => blackoutAt(name, nth, 3_000);
    expect(await cutEverywhere(short['alarms']!, SEED, NODES, blackout)).toBeGreaterThan(30);
  });

  it('children and work go on wherever their node is killed', async () => {
    expect(await cutEverywhere(short['family']!, SEED, NODES, killAt)).toBeGreaterThan(30);
  });

  it('no ask takes effect twice wherever the asked node is killed', async () => {
    expect(await cutEverywhere(short['asks']!, SEED, NODES, killAt)).toBeGreaterThan(30);
  });
});
