import { circuitBreaker } from 'troupe';
import { describe, expect, it } from 'vitest';
import { statesOf } from '../../src/inspector/draw/chart.ts';
import { edgesOf } from '../../src/inspector/draw/edges.ts';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import { WritableJournal } from '../../src/inspector/page/journal.ts';
import { coverageOf, gapOf, propertiesOf, share } from '../../src/inspector/page/model/tests.ts';
import type { Entry } from '../../src/monitoring/entry.ts';

const journalOf = (...entries: Entry[]): WritableJournal => {
  const journal = new WritableJournal();
  journal.take(entries);
  return journal;
};

describe('properties', () => {
  it('that fail come first, and the run is that of the one the recording is of', () => {
    const journal = journalOf(
      { kind: 'property', name: 'a', type: 'always', verdict: 'holds', searched: '12 states' },
      { kind: 'property', name: 'b', type: 'eventually', verdict: 'unknown' },
      { kind: 'property', name: 'c', type: 'always', verdict: 'fails' },
    );
    const rows = propertiesOf(journal, { property: 'c', replay: 'again' });
    expect(rows.map(({ name, verdict, shown, replay }) => [name, verdict, shown, replay])).toEqual([
      ['c', 'fails', true, 'again'],
      ['b', 'unknown', false, undefined],
      ['a', 'holds', false, undefined],
    ]);
  });

  it('are known from the header alone, in recordings that say no more', () => {
    expect(propertiesOf(journalOf(), { property: 'c' })).toMatchObject([
      { name: 'c', verdict: 'fails', shown: true },
    ]);
    expect(propertiesOf(journalOf(), {})).toEqual([]);
  });
});

describe('what was not reached', () => {
  const about = { source: 'recording', flaws: [] } as const;
  const dropped = (lines: number, sampling: number): Entry => ({
    kind: 'dropped',
    node: 'a',
    lines,
    sampling,
    time: 1,
  });

  it('is known of a recording in which everything is', () => {
    expect(gapOf(journalOf(), about)).toBeUndefined();
  });

  it('is not known where anything may be missing, and why', () => {
    expect(gapOf(journalOf(dropped(3, 1)), about)).toBe('lines were left out');
    expect(gapOf(journalOf(dropped(0, 0.5)), about)).toBe('only a share is told');
    expect(gapOf({ dropped: journalOf().dropped, forgotten: 1 }, about)).toMatch(/oldest/);
    expect(gapOf(journalOf(), { ...about, flaws: ['Line 7 is not JSON.'] })).toMatch(/read/);
    expect(gapOf(journalOf(), { ...about, source: 'live' })).toMatch(/before/);
  });
});

describe('coverage', () => {
  const chart = toChart(circuitBreaker);
  const seen = edgesOf(chart).filter(({ source }) => source === 'circuit-breaker.closed');

  it('is of all that the chart has', () => {
    const journal = journalOf(
      { kind: 'chart', hash: 'h', chart },
      {
        kind: 'coverage',
        machine: 'circuit-breaker',
        chart: 'h',
        states: { 'circuit-breaker': 1, 'circuit-breaker.closed': 3 },
        transitions: Object.fromEntries(seen.map(({ id }) => [id, 2])),
      },
    );
    const [coverage] = coverageOf(journal);
    expect(share(coverage!.states)).toEqual([2, statesOf(chart.root).length]);
    // Counted by hand in machines/circuit-breaker.ts: 3 + 6 + 2 + 9 + 2 + 2.
    expect(share(coverage!.transitions)).toEqual([6, edgesOf(chart).length]);
    const missing = coverage!.transitions.filter(({ count }) => count === 0);
    expect(missing).toContainEqual({
      id: 'circuit-breaker.open:after.waitDurationInOpenState:0',
      label: expect.stringContaining('waitDurationInOpenState') as string,
      to: 'halfOpen',
      state: 'circuit-breaker.open',
      count: 0,
    });
    expect(missing.some(({ state }) => state === 'circuit-breaker.closed')).toBe(false);
  });

  it('is what was seen, where the chart is not there', () => {
    const [coverage] = coverageOf(
      journalOf({
        kind: 'coverage',
        machine: 'm',
        chart: 'gone',
        states: { m: 1 },
        transitions: { 'm:GO:0': 0 },
      }),
    );
    expect([share(coverage!.states), share(coverage!.transitions)]).toEqual([
      [1, 1],
      [0, 1],
    ]);
  });
});
