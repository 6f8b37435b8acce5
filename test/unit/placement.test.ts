import { describe, expect, it } from 'vitest';
import { seedOf } from '../../src/testing/random.ts';
import { churn } from './support/churn.ts';

const SEED = Number(process.env.SEED ?? 20_261_120);
const RUNS = Number(process.env.RUNS ?? 30);

/** What was forwarded while views differed may still be under way, or wait for its node to let go of what it had, ms. */
const GRACE = 150;

const seeds = Array.from({ length: RUNS }, (_, run) => seedOf(SEED, run));

describe('placement of virtual actors', () => {
  it.each(seeds)(
    'T1 T2 while nodes come and go in order, every message is handled once, in the order of its sender (seed %i)',
    async (seed) => {
      const world = await churn(seed, 0);
      expect(world.missing()).toEqual([]);
      expect(world.recorder.handled.length).toBeGreaterThan(500);
      expect(world.recorder.faults).toEqual([]);
      expect(world.recorder.doubles.filter(({ agreedFor }) => agreedFor > GRACE)).toEqual([]);
    },
  );

  it.each(seeds)(
    'T2 when nodes die, nothing is handled twice, and those who live go on (seed %i)',
    async (seed) => {
      const world = await churn(seed, 0.08);
      const taken = world.recorder.handled.map(({ by, id, n }) => `${by} ${id} ${n}`);
      expect(new Set(taken).size).toBe(taken.length);
      expect(world.recorder.faults).toEqual([]);
      const before = taken.length;
      const nodes = [...world.nodes.values()];
      for (const node of nodes) for (let i = 0; i < 12; i++) world.send(node, `order/${i}`);
      await world.until(() => world.isQuiet);
      expect(world.recorder.handled.length - before).toBe(nodes.length * 12);
    },
  );
});
