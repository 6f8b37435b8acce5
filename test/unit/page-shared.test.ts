import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readEvents } from '../../src/inspector/page/client.ts';
import { KEPT, WritableJournal } from '../../src/inspector/page/journal.ts';
import {
  exampleFilter,
  filterText,
  parseFilter,
  type Filter,
} from '../../src/inspector/page/model/filter.ts';
import {
  activeStates,
  lastEdges,
  takenText,
  timerName,
  timerTexts,
} from '../../src/inspector/page/model/chart-state.ts';
import { edgesOf } from '../../src/inspector/draw/edges.ts';
import { textsOf } from '../../src/inspector/draw/texts.ts';
import { flowOf, latestOf, ratesOf } from '../../src/inspector/page/model/rates.ts';
import { changes, isEqual, shown } from '../../src/inspector/page/model/value.ts';
import { fromHash, toHash, views } from '../../src/inspector/page/selection.ts';
import {
  cutId,
  durationText,
  idParts,
  percentText,
  shareText,
  stateText,
  triggerText,
} from '../../src/inspector/page/parts/words.ts';
import type { PageEvent } from '../../src/inspector/protocol.ts';
import { toChart } from '../../src/inspector/draw/to-chart.ts';
import type { MetricsEntry } from '../../src/monitoring/entry.ts';
import type { Line } from '../../src/monitoring/recording.ts';
import { orderMachine } from '../browser/support/order-machine.ts';

const line = (step: number, actor: string, correlation = 'c'): Line => ({
  kind: 'step',
  step,
  action: { kind: 'deliver', sent: { from: 'x', to: actor, event: { type: 'E' } } },
  sent: [],
  emitted: [],
  snapshots: { [actor]: { status: 'active', value: `s${step}` } },
  message: { id: `m${step}`, correlation, kind: 'tell' },
});

describe('the journal', () => {
  test('knows lines by actor and correlation, and the last snapshot of each actor', () => {
    const journal = new WritableJournal();
    journal.take([line(1, 'a', 'c1'), line(2, 'b', 'c1'), line(3, 'a', 'c2')]);
    expect(journal.byActor('a').map(({ step }) => step)).toEqual([1, 3]);
    expect(journal.byCorrelation('c1').map(({ step }) => step)).toEqual([1, 2]);
    expect(journal.actors.get('a')?.snapshot?.value).toBe('s3');
    expect(journal.byActor('nobody')).toEqual([]);
  });

  test('keeps the last 50,000 entries, and its indexes agree with them', () => {
    const journal = new WritableJournal();
    const total = 3 * KEPT;
    for (let at = 0; at < total; at += 5_000)
      journal.take(
        Array.from({ length: 5_000 }, (_, n) => line(at + n, `a${(at + n) % 7}`, `c${(at + n) % 11}`)),
      );
    expect(journal.all.length).toBeLessThanOrEqual(KEPT + 5_000);
    expect(journal.forgotten + journal.all.length).toBe(total);
    expect(journal.steps).toEqual(journal.all);
    for (const actor of ['a0', 'a6'])
      expect(journal.byActor(actor)).toEqual(journal.steps.filter(({ snapshots }) => actor in snapshots));
    expect(journal.byCorrelation('c3')).toEqual(
      journal.steps.filter(({ message }) => message?.correlation === 'c3'),
    );
  });

  test('adds up what was dropped, by node, and shows the lowest sampling', () => {
    const journal = new WritableJournal();
    const dropped = { kind: 'dropped', time: 0 } as const;
    journal.take([
      { ...dropped, node: 'n1', lines: 10, sampling: 0.5 },
      { ...dropped, node: 'n2', lines: 5, sampling: 0.1 },
      { ...dropped, node: 'n2', lines: 1, sampling: 1 },
    ]);
    expect(journal.dropped.lines).toBe(16);
    expect(journal.dropped.sampling).toBe(0.5);
    expect(journal.dropped.byNode.get('n2')).toEqual({ lines: 6, sampling: 1 });
  });
});

describe('the URL', () => {
  test('says the selection and gives it back, whatever is in it', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' }).filter((each) => each.isWellFormed());
    const selection = fc.record(
      {
        view: fc.constantFrom(...views),
        address: text,
        moment: fc.nat(),
        correlation: text,
        message: text,
        step: fc.nat(),
        options: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), text, { minKeys: 1, maxKeys: 3 }),
      },
      { requiredKeys: ['view'] },
    );
    fc.assert(
      fc.property(selection, (given) => {
        const { options = {}, address, moment, ...rest } = given;
        fc.pre(!['correlation', 'message', 'step'].some((name) => name in options));
        // A moment without an actor means nothing, and is not kept.
        const ofActor = address === undefined ? {} : { address, ...(moment === undefined ? {} : { moment }) };
        const expected = { ...rest, ...ofActor, ...(given.options === undefined ? {} : { options }) };
        expect(fromHash(toHash(given))).toEqual(expected);
      }),
    );
  });

  test('that was written by somebody else is read as far as it goes', () => {
    expect(fromHash('')).toEqual({ view: 'system' });
    expect(fromHash('#/nonsense/%E0%A4%A')).toEqual({ view: 'system', address: '%E0%A4%A' });
    expect(fromHash('#/actor/order/1@x')).toEqual({ view: 'actor', address: 'order/1' });
    expect(toHash({ view: 'actor', address: '$monitor@n1', moment: 3 })).toBe('#/actor/%24monitor%40n1@3');
  });
});

describe('a filter', () => {
  test('is shown by an example with a kind that there is', () => {
    const kinds = [
      { kind: 'ledger', actors: 2 },
      { kind: 'my saga', actors: 40 },
    ];
    expect(exampleFilter(kinds)).toBe('kind:"my saga" state:… node:… id');
    expect(exampleFilter()).toBe('kind:… state:… node:… id');
  });

  test('is read from words', () => {
    expect(parseFilter('kind:order state:paying o-12*')).toEqual({
      kind: 'order',
      state: 'paying',
      id: 'o-12*',
    });
    expect(parseFilter(`state:{"paying":"card"} node:"a b"`)).toEqual({
      state: '{"paying":"card"}',
      node: 'a b',
    });
    expect(parseFilter('')).toEqual({});
  });

  test('that was written is read as it was meant', () => {
    const value = fc
      .stringMatching(/^[\w{}:", .-]{1,12}$/)
      .filter((each) => each.trim() === each && !/^"/.test(each));
    fc.assert(
      fc.property(
        fc.record({ kind: value, state: value, id: value, node: value }, { requiredKeys: [] }),
        (filter) => {
          expect(parseFilter(filterText(filter as Filter))).toEqual(filter);
        },
      ),
    );
  });
});

describe('values', () => {
  test('have their special forms, and parts', () => {
    expect(shown({ '\0d': 0 })).toMatchObject({ text: '1970-01-01T00:00:00.000Z' });
    expect(shown({ '\0n': '12' })).toMatchObject({ text: '12n' });
    expect(shown({ '\0s': [1] })).toMatchObject({ kind: 'list', text: 'Set(1)' });
    expect(shown({ '\0m': [['a', 1]] })).toMatchObject({ kind: 'fields', parts: [{ key: 'a', value: 1 }] });
    expect(shown([])).toMatchObject({ kind: 'list', text: '[]', parts: [] });
    expect(shown('<b>')).toEqual({ kind: 'atom', text: '"<b>"', isText: true });
  });

  test('say what has changed', () => {
    const before = { kept: 1, other: 'a', deep: { x: 1, y: 2 }, gone: true };
    const now = { kept: 1, other: 'b', deep: { x: 1, y: 3 }, fresh: null };
    expect(changes(now, before).map(({ key, change }) => [key, change])).toEqual([
      ['kept', undefined],
      ['other', 'changed'],
      ['deep', 'inside'],
      ['fresh', 'added'],
      ['gone', 'removed'],
    ]);
  });

  test('that are equal have no changes, and the other way round', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (a, b) => {
          expect(changes(a, structuredClone(a)).every(({ change }) => change === undefined)).toBe(true);
          expect(isEqual(a, b)).toBe(changes(a, b).every(({ change }) => change === undefined));
        },
      ),
    );
  });
});

describe('rates', () => {
  const metrics = (node: string, time: number, handled: number, letters: number): MetricsEntry => ({
    kind: 'metrics',
    node,
    time,
    period: 1_000,
    sent: 0,
    handled,
    deadLetters: { 'no-such-actor': letters },
    rejected: {},
    heap: 0,
    lag: 0,
    kinds: { order: { actors: 1, states: {}, handled, failed: handled / 10, p50: 2, p99: handled } },
    flow: [['', 'order', handled]],
  });

  test('are sums over nodes, and even where nodes tell a little early or late', () => {
    const all = [0, 1_001, 1_999, 3_002, 4_001, 4_999].flatMap((time) => [
      metrics('n1', 100_000 + time, 100, time / 1_000),
      metrics('n2', 100_100 + time, 50, 0),
    ]);
    const { handled, errors, p50, p99 } = ratesOf(all);
    expect(handled).toEqual([150, 150, 150]);
    expect(errors).toEqual([10, 10, 10]);
    expect(p50).toEqual([2, 2, 2]);
    expect(p99).toEqual([100, 100, 100]);
  });

  test('a time is that of the last messages that were handled, not 0 when there were none', () => {
    const busy = metrics('n1', 100_000, 100, 0);
    const idle = {
      ...metrics('n1', 102_000, 0, 0),
      kinds: { order: { actors: 1, states: {}, handled: 0, failed: 0 } },
    };
    const { handled, p50, p99 } = ratesOf([busy, idle]);
    expect({ handled, p50, p99 }).toEqual({ handled: [100, 0], p50: [2, 2], p99: [100, 100] });
  });

  test('of the last moment: who says how much to whom', () => {
    const flow = flowOf(
      latestOf([metrics('n1', 1_000, 10, 0), metrics('n1', 2_000, 30, 0), metrics('n2', 2_000, 5, 0)]),
    );
    expect(flow.of('', 'order')).toBe(35);
    expect(flow.kinds).toEqual(['', 'order']);
  });
});

describe('a timer', () => {
  test('says whose it is, and its delay as the chart has it', () => {
    const due = 0;
    const own = 'xstate.after.2000.coffee.brewing';
    expect(timerName({ id: own, event: own, due })).toBe('after 2 s');
    expect(timerName({ id: `heater/${own}`, event: own, due })).toBe('heater: after 2 s');
    expect(timerName({ id: 'a/b/7', event: 'TICK', due })).toBe('a/b: TICK');
    expect(timerName({ id: '7', event: 'TICK', due })).toBe('TICK');
    expect(timerName({ id: 'x', event: 'xstate.after.patience.a/b.c', due })).toBe('after patience');
  });
});

describe('a chart', () => {
  const chart = toChart(orderMachine);

  test('shows where a state value is', () => {
    expect(activeStates(chart, { paying: 'waiting' })).toEqual([
      'order',
      'order.paying',
      'order.paying.waiting',
    ]);
    expect(activeStates(chart, { fulfilling: { stock: 'asked', label: 'printed' } })).toEqual([
      'order',
      'order.fulfilling',
      'order.fulfilling.stock',
      'order.fulfilling.stock.asked',
      'order.fulfilling.label',
      'order.fulfilling.label.printed',
    ]);
    expect(activeStates(chart, 'unknown')).toEqual(['order']);
  });

  test('shows which transition was taken, with its guard, and the time that is left', () => {
    const taken = [{ state: 'order.paying', event: 'DECLINED', index: 1 }];
    expect(lastEdges(chart, taken)).toEqual(['order.paying:DECLINED:1']);
    expect(takenText({ chart, texts: textsOf(chart) }, taken)).toEqual(['paying: DECLINED 2. → rejected']);
    expect(lastEdges(chart, [{ ...taken[0]!, path: ['child'] }])).toEqual([]);
    const event = 'xstate.after.paymentTimeout.order.paying.waiting';
    expect(timerTexts(chart, [{ id: event, event, due: 5_000 }], 1_800)).toEqual({
      'order.paying.waiting:after.paymentTimeout:0': '3.2 s',
    });
  });
});

test('events are read from a stream however it is cut', async () => {
  const events: PageEvent[] = [{ type: 'entries', entries: [line(1, 'ä€😀')] }, { type: 'end' }];
  const bytes = new TextEncoder().encode(
    `: heartbeat\n\n${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('')}`,
  );
  for (const size of [1, 2, 7, 1_000]) {
    const got: PageEvent[] = [];
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    await readEvents(body, (event) => got.push(event));
    expect(got).toEqual(events);
  }
});

test('what triggers a transition is said before the texts of the chart have come', () => {
  const chart = toChart(orderMachine);
  const said = edgesOf(chart).map(({ transition }) => triggerText(transition));
  expect(said).toContain('PAID');
  expect(said).toContain('after paymentTimeout');
  expect(said.filter((text) => text === '' || text.startsWith('xstate.'))).toEqual([]);
});

test('words', () => {
  expect([0.25, 12, 1_200, 200_000, 7_500_000].map(durationText)).toEqual([
    '0.3 ms',
    '12 ms',
    '1.20 s',
    '3 min 20 s',
    '2 h 5 min',
  ]);
  expect([0, 0.03, 0.5, 1].map(percentText)).toEqual(['0 %', '3 %', '50 %', '100 %']);
  expect(stateText({ paying: { card: 'asked' }, stock: {} })).toBe('{paying.card.asked, stock}');
});

describe('ids', () => {
  test('are cut in the middle: what tells them apart stays', () => {
    expect(cutId('saga/orchestrated-mwps6tjf/order-0190', 24)).toBe('saga/orchest…/order-0190');
    expect(cutId('saga/order-1', 24)).toBe('saga/order-1');
    expect(cutId('a'.repeat(30) + '7', 20)).toBe('aaaaaaa…aaaaaaaaaaa7');
    expect(idParts('saga/orchestrated/order-0190')).toEqual(['saga/orchestrated', '/order-0190']);
    expect(idParts('vitals/inventory/1@inventory-iaw0457n')).toEqual([
      'vitals/inventory/1@inve',
      'ntory-iaw0457n',
    ]);
    expect(idParts('short')).toEqual(['', 'short']);
  });

  test('of at most so many characters, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), fc.integer({ min: 4, max: 60 }), (id, most) => {
        const shown = cutId(id, most);
        expect(shown.length).toBeLessThanOrEqual(most);
        expect(idParts(id).join('')).toBe(id);
        if (id.length <= most) expect(shown).toBe(id);
      }),
    );
  });
});

test('a share of which something is left out is never all', () => {
  expect([1, 0.9999, 0.99, 0.98, 0.5].map(shareText)).toEqual([
    '100 %',
    'more than 99 %',
    'more than 99 %',
    '98 %',
    '50 %',
  ]);
});
