import { createSystem, local, localNetwork, silentLogger, type Ref } from 'troupe';
import { liveSource } from 'troupe/inspector';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../../src/monitoring/entry.ts';
import { counter } from '../support/actors.ts';

const ACTORS = 10_000;
const RATE = 500;
const PER_TICK = 300;
const SECONDS = 4;

describe('ten thousand actors under twenty thousand messages a second', () => {
  it('are sampled, which is said, and answer as soon as they do unwatched', async () => {
    const network = localNetwork();
    await using system = await createSystem({ name: 'load', transport: local(network), log: silentLogger });
    await using looking = await createSystem({ name: 'load', transport: local(network), log: silentLogger });
    const refs: Ref<typeof counter>[] = [];
    for (let i = 0; i < ACTORS; i += 1) refs.push(await system.spawn(counter, { id: `c/${i}` }));

    /** Messages handled in a second, and how long an ask takes, ms. */
    const load = async (): Promise<{ rate: number; ask: number }> => {
      const before = system.stats().delivered;
      const began = performance.now();
      const asks: number[] = [];
      for (let at = 0; performance.now() - began < SECONDS * 1_000;) {
        for (let i = 0; i < PER_TICK; i += 1) refs[at++ % ACTORS]!.send({ type: 'ADD', by: 1 });
        const asked = performance.now();
        await refs[at++ % ACTORS]!.ask({ type: 'GET' });
        asks.push(performance.now() - asked);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      asks.sort((a, b) => a - b);
      const seconds = (performance.now() - began) / 1_000;
      return { rate: (system.stats().delivered - before) / seconds, ask: asks[asks.length >> 1]! };
    };

    await load();
    const alone = await load();
    const source = liveSource(looking);
    const entries: Entry[] = [];
    const watching = source.watch({ interest: { rate: RATE }, emit: (more) => entries.push(...more) > 0 });
    const watched = await load();
    watching.close();
    await source.close();

    const steps = entries.filter((entry) => entry.kind === 'step');
    const dropped = entries.reduce((sum, entry) => sum + (entry.kind === 'dropped' ? entry.lines : 0), 0);
    // Alone it is far more than twenty thousand on a machine that does nothing else.
    expect(watched.rate).toBeGreaterThan(alone.rate / 3);
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.length).toBeLessThan(RATE * (SECONDS + 1));
    // All that was handled is either told or counted as left out; the last second's count had no time to come.
    expect(dropped + steps.length).toBeGreaterThan(watched.rate * (SECONDS - 1.5));
    expect(source.about().sampling).toBeLessThan(0.1);
    expect(watched.ask).toBeLessThan(alone.ask * 3 + 1);
  });
});
