import { describe, expect, it } from 'vitest';
import { createMachine } from 'xstate';
import { saga } from '../../machines/index.ts';
import { edgeFinder, edgeIds, edgesOf, outlineOf, outlineText, toChart } from '../../src/inspector/index.ts';
import { order } from './fixtures/choices.ts';
import editor from './fixtures/history.ts';
import meter from './fixtures/root.ts';

describe('the outline of a chart', () => {
  it('reads as text', () => {
    expect(outlineText(outlineOf(toChart(meter)))).toBe(`meter
    Counts and can be reset from anywhere.
    entry / openLog
    exit / closeLog
    RESET / clear (reenter) → meter
    TICK / count
    STOP → paused
    * / logUnknown
    after 1 min → idle
  → idle
      START → work
      TICK (forbidden)
  work
      entry / lightOn
      AGAIN (reenter) → work
      REWIND → work
    → running
        PAUSE → paused
        ABORT → idle
        LOOP → running
        UP → work
    paused
        RESUME → running
`);
  });

  it('holds every state and transition, with the ids of the chart', () => {
    const chart = toChart(order);
    const items = (item: ReturnType<typeof outlineOf>): ReturnType<typeof outlineOf>[] => [
      item,
      ...item.children.flatMap(items),
    ];
    const all = items(outlineOf(chart));
    expect(all.flatMap(({ rows }) => rows.map(({ edge }) => edge))).toEqual(
      edgesOf(chart).map(({ id }) => id),
    );
    expect(all.filter(({ initial }) => initial).map(({ id }) => id)).toEqual(['order.cart']);
    expect(items(outlineOf(toChart(editor))).filter(({ kind }) => kind.endsWith('history'))).toHaveLength(4);
  });

  it('shows what cannot be seen, and bounds what does not end', () => {
    const text = outlineText(
      outlineOf(toChart(createMachine({ id: 'a\u001b[2Jb', on: { ['X'.repeat(5_000)]: {} } }))),
    );
    expect(text).toMatch(/^a␛\[2Jb\n/);
    expect(text.length).toBeLessThan(1_100);
  });
});

describe('ids of transitions', () => {
  it('say the state, the event as it was written, and the place among the candidates', () => {
    expect(
      edgesOf(toChart(saga))
        .map(({ id }) => id)
        .slice(0, 8),
    ).toEqual([
      'saga.performing:STATUS:0',
      'saga.performing:CANCEL:0',
      'saga.performing:onDone.perform:0',
      'saga.performing:onDone.perform:1',
      'saga.performing:onError.perform:0',
      'saga.performing:onError.perform:1',
      'saga.performing:onError.perform:2',
      'saga.retrying:STATUS:0',
    ]);
    expect(edgeIds(toChart(saga)).get('saga.unwinding')).toEqual([
      'saga.unwinding:always:0',
      'saga.unwinding:always:1',
    ]);
    expect(edgesOf(toChart(meter)).map(({ id }) => id)).toContain('meter:after.60000:0');
  });

  it('are found for what a recording says was taken', () => {
    const find = edgeFinder(toChart(saga));
    const event = 'xstate.done.actor.perform';
    expect(find({ state: 'saga.performing', event, index: 1 })).toBe('saga.performing:onDone.perform:1');
    expect(find({ state: 'saga.unwinding', event: '', index: 0 })).toBe('saga.unwinding:always:0');
    expect(find({ state: 'saga.performing', event, index: 2 })).toBeUndefined();
    expect(find({ state: '__proto__', event: 'x', index: 0 })).toBeUndefined();
  });

  it('are each its own, whatever is in the names', () => {
    const machine = createMachine({
      id: 'a',
      initial: 'b',
      states: { b: { id: 'a:b', on: { c: {}, always: {} }, always: { guard: 'g', target: '#a:b' } } },
      on: { 'b:c': {} },
    } as object);
    expect(edgesOf(toChart(machine)).map(({ id }) => id)).toEqual([
      'a:b:c:0',
      'a:b:c:0~2',
      'a:b:always:0',
      'a:b:always:1',
    ]);
  });
});
