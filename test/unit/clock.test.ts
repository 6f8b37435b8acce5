import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HybridClock, stampTime } from '../../src/message/clock.ts';

describe('hybrid clock', () => {
  it('is greater with every tick and never behind what it witnessed, however the wall clock jumps', () => {
    const step = fc.record({
      jump: fc.integer({ min: -5_000, max: 5_000 }),
      from: fc.nat({ max: 2 }),
      to: fc.nat({ max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const walls = [1_000_000, 1_010_000, 990_000];
        const clocks = walls.map((_, i) => new HybridClock(() => walls[i]!));
        const last = [0, 0, 0];
        for (const { jump, from, to } of steps) {
          walls[from] = walls[from]! + jump;
          const stamp = clocks[from]!.tick();
          expect(stamp).toBeGreaterThan(last[from]!);
          last[from] = stamp;
          clocks[to]!.witness(stamp);
          const answer = clocks[to]!.tick();
          // Happened-before, unless the stamp was too far ahead to be believed.
          if (stampTime(stamp) < walls[to]! + 60_000) expect(answer).toBeGreaterThan(stamp);
          last[to] = answer;
        }
      }),
    );
  });

  it('does not believe a stamp more than a minute ahead', () => {
    const clock = new HybridClock(() => 1_000);
    clock.witness((1_000 + 60_001) * 1024);
    expect(stampTime(clock.tick())).toBe(1_000);
    clock.witness((1_000 + 59_000) * 1024);
    expect(stampTime(clock.tick())).toBe(60_000);
  });

  it('does not believe a stamp that is none: one fraction would make all that follow fractions', () => {
    const clock = new HybridClock(() => 1_000);
    for (const stamp of [1_001 * 1024 + 0.5, NaN, Infinity, -1]) clock.witness(stamp);
    expect(clock.tick()).toBe(1_000 * 1024);
  });
});
