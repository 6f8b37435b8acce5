import { describe, expect, it } from 'vitest';
import { long } from './support/durable/mixed.ts';
import { turmoil } from './support/durable/ordeals.ts';
import { perform } from './support/durable/scenario.ts';
import { peerScenario } from './support/durable/scenarios.ts';

const RUNS = 12;
const STEPS = 6;

describe('whatever happens to the nodes, the network and the store', () => {
  it.each(Object.entries(long))('%s come to the end they should', async (_name, make) => {
    for (let seed = 1; seed <= RUNS; seed++) await perform(make(), seed, turmoil(STEPS));
  });

  it('large states are stored as what changed, and come to what they would have come to', async () => {
    const { actors } = await perform(peerScenario(12, 500), 3, turmoil(STEPS));
    const commits = [...actors.values()].flatMap((actor) => actor.commits);
    expect(commits.filter(({ patch }) => patch !== undefined).length).toBeGreaterThan(commits.length / 3);
  });
});
