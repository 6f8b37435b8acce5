import { describe, expect, it } from 'vitest';
import { cutEverywhere } from './support/durable/cuts.ts';
import { long, short } from './support/durable/mixed.ts';
import { blackoutAt, killAt, stallAt, turmoil } from './support/durable/ordeals.ts';
import { perform, type Ordeal } from './support/durable/scenario.ts';

const RUNS = 500;
const NODES = ['a', 'b', 'c'];

const cuts: Readonly<Record<string, (name: string, nth: number) => Ordeal>> = {
  'a node is killed': (name, nth) => killAt(name, nth),
  'a node is killed and another one comes': (name, nth) => killAt(name, nth, true),
  'a node is stopped for 8 s': (name, nth) => stallAt(name, nth, 8_000),
  'all nodes are killed': (name, nth) => blackoutAt(name, nth, 3_000),
};

const matrix = Object.entries(short).flatMap(([scenario, make]) =>
  Object.entries(cuts).map(([cut, ordeal]) => ({ scenario, cut, make, ordeal })),
);

describe('cut at every point', () => {
  it.each(matrix)('$scenario, $cut', async ({ make, ordeal }) => {
    expect(await cutEverywhere(make, 2, NODES, ordeal)).toBeGreaterThan(30);
  });
});

describe('whatever happens', () => {
  it.each(Object.entries(long))('%s', async (_name, make) => {
    for (let seed = 1_001; seed <= 1_000 + RUNS; seed++) await perform(make(), seed, turmoil(6));
  });
});
