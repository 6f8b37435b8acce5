import { circuitBreaker } from 'troupe';
import { describe, expect, it } from 'vitest';
import { statesOf } from '../../src/inspector/draw/chart.ts';
import { edgesOf } from '../../src/inspector/draw/edges.ts';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import { WritableJournal } from '../../src/inspector/page/journal.ts';
import { coverageOf, propertiesOf, share } from '../../src/inspector/page/model/tests.ts';
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
    expect(missing.map(({ state, label }) => `${state}: ${label}`)).toContain(
      'circuit-breaker.open: after waitDurationInOpenState → halfOpen',
    );
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
