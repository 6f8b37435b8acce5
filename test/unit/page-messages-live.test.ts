import { describe, expect, it } from 'vitest';
import { shownStep, stepsOf } from '../../src/inspector/page/model/messages-steps.ts';
import { trafficOf } from '../../src/inspector/page/model/messages-traffic.ts';
import { Room, WINDOW } from '../../src/inspector/page/views/messages/room.ts';
import { inTime } from '../../src/inspector/page/views/messages/derive.ts';
import type { Line } from '../../src/monitoring/recording.ts';
import { draw, line } from './support/page-diagrams.ts';

const snapshot = { status: 'active', value: 'a', context: {} };

const taking = (step: number, to: string, from: string, more: Partial<Line> = {}): Line => ({
  ...line(
    step,
    { kind: 'deliver', sent: { from, to, event: { type: 'GO' } } },
    { snapshots: { [to]: { ...snapshot, context: { step } } } },
  ),
  ...more,
});

describe('many actors', () => {
  const busy = (actors: number): readonly Line[] =>
    Array.from({ length: actors }, (_, at) =>
      taking(at, `order/${at}`, 'desk', { node: `n${at % 3}`, time: at }),
    );

  it('share a column with their kind where they do not fit, one thing in a row', () => {
    const diagram = draw(trafficOf(busy(50)), { order: 'causal' });
    expect(diagram.lifelines.map(({ label }) => label)).toEqual(['50 × order']);
    expect(diagram.shared).toBe(50);
    expect(new Set(diagram.marks.map(({ row }) => row)).size).toBe(50);
    expect(diagram.paths).toHaveLength(50);
  });

  it('have columns of their own where they fit', () => {
    const diagram = draw(trafficOf(busy(15)));
    expect([diagram.lifelines.length, diagram.shared]).toEqual([15, 0]);
  });
});

describe('steps', () => {
  // The later step was told first: it comes from a node whose packet came first.
  const told = [
    taking(1, 'b', 'x', { node: 'two', time: 30 }),
    taking(2, 'a', 'x', { node: 'one', time: 10 }),
    taking(3, 'a', 'x', { node: 'one', time: 20 }),
  ];

  it('are gone through as they are shown, not as they came', () => {
    const steps = stepsOf(draw(trafficOf(inTime(told)), { order: 'clock' }));
    expect(steps).toEqual([2, 3, 1]);
  });

  it('that are not shown are the last ones before them that are', () => {
    expect(shownStep([2, 3, 1], 3)).toBe(3);
    expect(shownStep([2, 5, 1], 4)).toBe(2);
  });
});

describe('the room for entries of a running system', () => {
  it('shrinks when working through them takes too long, and grows again', () => {
    const room = new Room();
    const first = room.entries;
    expect(room.took(200)).toBe(false);
    expect(room.entries).toBeLessThan(first);
    for (let times = 0; times < 50; times += 1) room.took(1_000);
    expect(room.entries).toBeGreaterThan(0);
    expect(room.took(5)).toBe(true);
    for (let times = 0; times < 50; times += 1) room.took(5);
    expect(room.entries).toBe(WINDOW);
    expect(room.took(5)).toBe(false);
  });
});
