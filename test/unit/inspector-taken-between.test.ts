import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import { takenBetween } from '../../src/inspector/source/taken-between.ts';

const chart = toChart(
  createMachine({
    id: 'm',
    initial: 'one',
    on: { PING: {}, RESET: '.one' },
    states: {
      one: {
        on: {
          GO: [{ guard: 'many', target: 'end' }, { target: 'two' }],
          TRY: [{ guard: 'first', target: 'two' }, { target: 'two' }],
          STAY: { guard: 'may', target: 'one' },
        },
      },
      two: { invoke: { id: 'work', src: 'work', onDone: 'one' } },
      end: { on: { RESET: 'two' } },
    },
  }),
);

describe('the transition between two state values', () => {
  it('is the one that leads there', () => {
    const done = 'xstate.done.actor.work';
    expect(takenBetween(chart, 'GO', 'one', 'two')).toEqual([{ state: 'm.one', event: 'GO', index: 1 }]);
    expect(takenBetween(chart, 'GO', 'one', 'end')).toEqual([{ state: 'm.one', event: 'GO', index: 0 }]);
    expect(takenBetween(chart, done, 'two', 'one')).toEqual([{ state: 'm.two', event: done, index: 0 }]);
    expect(takenBetween(chart, 'RESET', 'end', 'one')).toEqual([{ state: 'm', event: 'RESET', index: 0 }]);
    expect(takenBetween(chart, 'PING', 'two', 'two')).toEqual([{ state: 'm', event: 'PING', index: 0 }]);
  });

  it('is not known where several lead there, a guard may have refused, or none does alone', () => {
    expect(takenBetween(chart, 'TRY', 'one', 'two')).toEqual([]);
    expect(takenBetween(chart, 'STAY', 'one', 'one')).toEqual([]);
    expect(takenBetween(chart, 'PING', 'two', 'one')).toEqual([]);
    expect(takenBetween(chart, 'GO', 'two', 'two')).toEqual([]);
    expect(takenBetween(chart, 'GO', undefined, 'two')).toEqual([]);
  });
});
