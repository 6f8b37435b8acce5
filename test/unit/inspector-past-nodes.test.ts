import { describe, expect, it } from 'vitest';
import { Past } from '../../src/inspector/source/past.ts';
import type { Entry } from '../../src/monitoring/entry.ts';

const metrics = (node: string, time: number, actors: number): Entry => ({
  kind: 'metrics',
  ...{
    node,
    time,
    period: 1_000,
    sent: 0,
    handled: 0,
    deadLetters: {},
    rejected: {},
    heap: 0,
    lag: 0,
    flow: [],
  },
  kinds: { order: { actors, states: {}, handled: 0, failed: 0 } },
});

describe('the nodes of a recording', () => {
  it('are down when they fell silent before its end; those of commands are none', () => {
    const past = new Past();
    for (let second = 1; second <= 20; second += 1) {
      if (second <= 9) past.take(metrics('alpha-00000000', second * 1_000, 3));
      past.take(metrics('beta-00000000', second * 1_000, 2));
      past.take(metrics('cli-00000000', second * 1_000, 0));
    }
    const { nodes, alerts } = past.overview();
    expect(nodes.map(({ node, isDown, lastSeen }) => [node, isDown, lastSeen])).toEqual([
      ['alpha-00000000', true, 9_000],
      ['beta-00000000', false, 20_000],
    ]);
    expect(alerts).toEqual([{ severity: 'error', text: 'node alpha-00000000 is down', since: 9_000 }]);
  });

  it('are taken for up when they never tell how they are', () => {
    const past = new Past();
    past.take({ kind: 'actor', address: 'a', node: 'one', machine: 'm', time: 1 });
    past.take({ kind: 'actor', address: 'b', node: 'two', machine: 'm', time: 60_000 });
    expect(past.overview().nodes.map(({ isDown }) => isDown)).toEqual([false, false]);
  });
});
