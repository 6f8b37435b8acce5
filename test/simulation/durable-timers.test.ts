import { describe, expect, it } from 'vitest';
import { none, blackoutAt } from './support/durable/ordeals.ts';
import { perform } from './support/durable/scenario.ts';
import { alarmScenario, timesOf } from './support/durable/scenarios.ts';

const DELAY = 4_000;

describe('timers', () => {
  it('fire when they are due', async () => {
    const { actors } = await perform(alarmScenario([DELAY]), 1, none);
    const { due, fired } = timesOf(actors.get('alarm/0')!);
    expect(fired).toHaveLength(2);
    // A virtual actor may have to be read first.
    for (const at of fired) expect(Math.abs(at - due[0]! - 10)).toBeLessThanOrEqual(10);
  });

  it('that were due while everything was down fire at once when it is back', async () => {
    const dark = 20_000;
    const { actors, cluster } = await perform(alarmScenario([DELAY]), 1, blackoutAt('a', 30, dark));
    const { due, fired } = timesOf(actors.get('alarm/0')!);
    const killed = cluster.world.transcript.findLast((line) => line.endsWith(' is killed'))!;
    const back = 1_000_000 + Number(killed.split(' ')[0]) + dark;
    expect(due[0]).toBeLessThan(back);
    for (const at of fired) {
      expect(at).toBeGreaterThanOrEqual(back);
      expect(at).toBeLessThan(back + 200);
    }
  });
});
