import { describe, expect, it } from 'vitest';
import type { Census } from '../../src/cli/watch/census.ts';
import { Counter } from '../../src/cli/watch/census.ts';
import { frameOf, lineOf } from '../../src/cli/watch/frame.ts';
import type { MetricsEntry } from '../../src/monitoring/entry.ts';
import { fakeSource } from './support/fake-source.ts';

const at = new Date(2026, 0, 1, 12, 0, 0).getTime();

const census: Census = {
  at,
  nodes: [
    { node: 'shop-1', actors: 3, isDown: false, handled: 1_234.4, heap: 50 * 1024 * 1024, lag: 3.21 },
    { node: 'shop-2', actors: 0, isDown: true },
  ],
  kinds: [
    {
      kind: 'order',
      actors: 3,
      states: { paying: 1, done: 2 },
      handled: 1_234.4,
      failed: 0.5,
      p50: 0.21,
      p99: 12,
    },
  ],
  breakers: [
    { address: 'breakers/bank', state: 'open', due: at + 4_200 },
    { address: 'breakers/mail', state: 'closed' },
  ],
  sent: 7.25,
  handled: 1_234.4,
  deadLetters: { 'no-such-actor': 2, 'node-down': 40 },
  alerts: [{ severity: 'error', text: 'breakers/bank: circuit breaker is open', since: at }],
};

describe('troupe watch', () => {
  it('shows the whole system', () => {
    expect(frameOf('shop', census, { columns: 100, rows: 40 })).toEqual([
      'shop  12:00:00  1 node, 3 actors, 1,234/s handled, 7.3/s sent',
      '',
      'ALERTS',
      '  ✗ breakers/bank: circuit breaker is open',
      '',
      'NODE         ACTORS  HANDLED/S  HEAP MB  LAG MS',
      'shop-1       3       1,234      50       3.21',
      'shop-2 DOWN  0',
      '',
      'KIND   ACTORS  HANDLED/S  FAILED/S  P50 MS  P99 MS  STATES',
      'order  3       1,234      0.5       0.21    12      done 2, paying 1',
      '',
      'BREAKERS',
      '  breakers/bank  open, 5 s left',
      '  breakers/mail  closed',
      '',
      'DEAD LETTERS  node-down 40, no-such-actor 2',
      '',
      'q ends it',
    ]);
  });

  it('fits any terminal', () => {
    for (const rows of [1, 2, 3, 5, 10, 24])
      for (const columns of [1, 10, 40, 80]) {
        const frame = frameOf('shop', census, { columns, rows });
        expect(frame.length).toBeLessThanOrEqual(Math.max(rows, 1));
        for (const line of frame) expect(line.length).toBeLessThanOrEqual(columns);
      }
    expect(frameOf('shop', census, { columns: 80, rows: 10 })).toContain('… 10 more lines');
  });

  it('is one line in a log', () => {
    expect(lineOf(census)).toBe(
      '12:00:00  1 node, 3 actors, 1,234/s handled, 7.3/s sent; 42 dead letters; ' +
        'breakers/bank open, 5 s left; error: breakers/bank: circuit breaker is open',
    );
  });

  it('lets no name control the terminal', () => {
    const evil = { ...census, kinds: [{ ...census.kinds[0]!, kind: '\u001b[2Jboo\u0007\u009b' }] };
    for (const line of frameOf('shop', evil, { columns: 200, rows: 40 })) expect(line).not.toMatch(/\p{Cc}/u);
    expect(lineOf({ ...census, alerts: [{ severity: 'error', text: 'a\nb', since: 0 }] })).not.toContain(
      '\n',
    );
  });

  it('adds up what the nodes say', async () => {
    const metrics = (node: string, handled: number): MetricsEntry => ({
      kind: 'metrics',
      node,
      time: 900,
      period: 500,
      sent: 1,
      handled,
      deadLetters: { 'node-down': 3 },
      rejected: {},
      heap: 1,
      lag: 2,
      kinds: { order: { actors: 1, states: {}, handled, failed: 1, p50: handled, p99: handled } },
      flow: [],
    });
    const row = { node: 'a', services: {}, hosts: [], lastSeen: 0, availability: 1, isDown: false };
    const source = fakeSource({
      overview: async () => ({
        time: 1_000,
        nodes: [{ ...row, actors: 2 }],
        kinds: [{ kind: 'order', actors: 2, states: { paying: 2 } }],
        alerts: [],
        queues: [],
      }),
    });
    const counter = new Counter(source);
    source.tell([metrics('a', 10), metrics('b', 5), { ...metrics('gone', 1_000), time: -10_000 }]);
    expect(await counter.count()).toMatchObject({
      nodes: [{ node: 'a', handled: 20, lag: 2 }],
      kinds: [{ kind: 'order', handled: 30, failed: 4, p50: 10 }],
      handled: 30,
      deadLetters: { 'node-down': 6 },
    });
  });
});
