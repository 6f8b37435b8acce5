import { describe, expect, it } from 'vitest';
import type { Store } from '../../src/durable/store.ts';
import { turmoil, blackoutAt } from './support/durable/ordeals.ts';
import { forgetful, gullible, restarting, sleepy, unfenced } from './support/durable/plants.ts';
import { perform, type Ordeal, type Scenario } from './support/durable/scenario.ts';
import { alarmScenario, askScenario, orderScenario, peerScenario } from './support/durable/scenarios.ts';

const RUNS = 40;

/** The first failure over some seeds. */
async function failureOf(
  make: () => Scenario,
  ordeal: Ordeal,
  store: (now: () => number) => Store,
): Promise<string> {
  for (let seed = 1; seed <= RUNS; seed++) {
    const time = { now: () => 0 };
    const scenario = make();
    const options = { ...scenario.options, store: store(() => time.now()) };
    try {
      await perform({ ...scenario, options }, seed, ordeal, ({ world }) => {
        time.now = () => world.now;
      });
    } catch (error) {
      return (error as Error).message;
    }
  }
  return `nothing in ${RUNS} runs`;
}

describe('a fault in the runtime is found, with its seed and what happened', () => {
  it('a store that does not fence', async () => {
    const failure = await failureOf(() => peerScenario(20), turmoil(6), unfenced);
    expect(failure).toMatch(/^Seed \d+: .*\n/);
    expect(failure).toContain('The last that happened:');
  });

  it('a store that forgets what it acknowledged', async () => {
    expect(await failureOf(() => askScenario(30), turmoil(6), forgetful)).toMatch(/^Seed \d+: /);
  });

  it('a store that does not remember who wants to be woken', async () => {
    const failure = await failureOf(() => alarmScenario([4_000]), blackoutAt('a', 30, 2_000), sleepy);
    expect(failure).toMatch(/^Seed 1: Not done within /);
  });

  it('receivers that forget what they have taken', async () => {
    expect(await failureOf(() => orderScenario([10, 200, 30, 40], 500), turmoil(6), gullible)).toMatch(
      /^Seed \d+: /,
    );
  });

  it('timers that begin again when their actor is read', async () => {
    const failure = await failureOf(() => alarmScenario([4_000]), turmoil(6), restarting);
    expect(failure).toMatch(/^Seed \d+: (times when alarm\/0 was due: \d instead of 1|Not done)/);
  });
});
