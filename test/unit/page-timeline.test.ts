import { beforeAll, describe, expect, it } from 'vitest';
import type { Recording } from 'troupe/testing';
import { orderOf } from '../../src/inspector/page/model/messages-order.ts';
import { trafficOf } from '../../src/inspector/page/model/messages-traffic.ts';
import {
  conversationsOf,
  foremost,
  openersOf,
  type Conversation,
} from '../../src/inspector/page/model/timeline-conversations.ts';
import { rowsOf, type Row, type Segment } from '../../src/inspector/page/model/timeline-rows.ts';
import { alignRows, scaleOf } from '../../src/inspector/page/model/timeline-scale.ts';
import { fulfilment, shop, trips } from './support/page-runs.ts';

function timelines({ lines }: Recording) {
  const traffic = trafficOf(lines);
  const { times } = orderOf(traffic);
  const openers = openersOf(traffic.occurrences);
  const conversations = conversationsOf(traffic, times, openers);
  const find = (id: string): Conversation => conversations.find((each) => each.id === id)!;
  return { conversations, find, rows: (id: string) => rowsOf(find(id), traffic, times, openers) };
}

const told = ({ kind, outcome, attempt, label }: Segment): string =>
  kind === 'attempt' ? `${attempt ?? label} ${outcome}` : kind === 'wait' ? 'wait' : label;
const shape = (rows: readonly Row[]): readonly (readonly [string, ...string[]])[] =>
  rows.map(({ label, segments, services }) => [`${label} @ ${services.join()}`, ...segments.map(told)]);

describe('a saga', () => {
  let saga: ReturnType<typeof timelines>;
  beforeAll(async () => void (saga = timelines(await trips())));

  it('is a conversation, the last first, with how it ended', () => {
    expect(saga.conversations.map(({ id, style, status, tone }) => [id, style, status, tone])).toEqual([
      ['trips/Venice', 'saga', 'compensated', 'undone'],
      ['trips/Lisbon', 'saga', 'completed', 'good'],
    ]);
  });

  it('has a row for each step, its attempts and waits, and who was asked', () => {
    expect(shape(saga.rows('trips/Lisbon'))).toEqual([
      ['flight @ flights', '1 done'],
      ['hotel @ hotels', '1 unknown', 'wait', '2 done'],
      ['car @ cars', '1 done'],
    ]);
    const [first, wait, second] = saga.rows('trips/Lisbon')[1]!.segments;
    expect(first!.error).toBe('SHAKY: the line is bad');
    expect([first!.to, wait!.to]).toEqual([wait!.from, second!.from]);
    expect(wait!.to! - wait!.from).toBeGreaterThanOrEqual(25);
  });

  it('is undone below, the last step first, each joined to what it undoes', () => {
    const rows = saga.rows('trips/Venice');
    expect(shape(rows)).toEqual([
      ['flight @ flights', '1 done'],
      ['hotel @ hotels', '1 done'],
      ['car @ cars', '1 failed'],
      ['undo hotel @ hotels', '1 done'],
      ['undo flight @ flights', '1 done'],
    ]);
    const label = (key: string | undefined): string | undefined => rows.find((row) => row.key === key)?.label;
    expect(rows.map(({ role, undoes }) => [role, label(undoes)]).slice(3)).toEqual([
      ['undo', 'hotel'],
      ['undo', 'flight'],
    ]);
    expect(rows.every(({ inferred }) => !inferred)).toBe(true);
  });

  it('has bars that end after they begin, within the conversation', () => {
    for (const { id, begin, end } of saga.conversations)
      for (const { from, to } of saga.rows(id).flatMap(({ segments }) => segments)) {
        expect(to).toBeGreaterThanOrEqual(from);
        expect(from).toBeGreaterThanOrEqual(begin);
        expect(to).toBeLessThanOrEqual(end);
      }
  });
});

describe('a workflow', () => {
  it('has a row for each step: parallel, skipped, tried again', async () => {
    const { conversations, rows } = timelines(await fulfilment());
    expect(conversations.map(({ id, style, tone }) => [id, style, tone])).toEqual([
      ['fulfilments/42', 'workflow', 'good'],
    ]);
    const found = rows('fulfilments/42');
    expect(new Set(shape(found).map((row) => row.join(' | ')))).toEqual(
      new Set([
        'pay @ payments | 1 done',
        'pack @ stock | 1 done',
        'gift @ stock',
        'ship @ stock | 1 failed | wait | 2 done',
      ]),
    );
    expect(found.filter(({ skipped }) => skipped).map(({ label }) => label)).toEqual(['gift']);
    const [pay, pack] = ['pay', 'pack'].map(
      (name) => found.find(({ label }) => label === name)!.segments[0]!,
    );
    expect(pay!.from).toBe(pack!.from);
  });

  it('and the workflow that undoes it are one conversation', async () => {
    const { find, rows } = timelines(await shop('workflow'));
    expect(find('workflow/r/missing')).toMatchObject({
      tone: 'bad',
      helpers: ['workflow/r/missing/undo'],
    });
    const undo = rows('workflow/r/missing').filter(({ role }) => role === 'undo');
    expect(undo.map(({ label, services, inferred }) => [label, services, inferred])).toContainEqual([
      'refund',
      ['payment'],
      true,
    ]);
    expect(undo.every(({ undoes }) => undoes !== undefined)).toBe(true);
  });
});

describe('a choreography', () => {
  let dance: ReturnType<typeof timelines>;
  beforeAll(async () => void (dance = timelines(await shop('choreographed'))));

  it('is what belongs to one order, though many hear each event', () => {
    expect(
      dance.conversations.map(({ id, style, status, tone }) => `${id} ${style} ${status} ${tone}`).sort(),
    ).toEqual([
      'order/r/declined choreography rejected bad',
      'order/r/fine choreography confirmed good',
      'order/r/missing choreography rejected bad',
    ]);
  });

  it('has what an order said though of the order itself nothing was told, and nothing is left without an owner', async () => {
    const run = await shop('choreographed');
    const lines = run.lines.filter(({ snapshots }) => snapshots['order/r/missing'] === undefined);
    const { conversations, find } = timelines({ ...run, lines });
    expect(conversations.map(({ owner }) => owner).sort()).toEqual([
      'order/r/declined',
      'order/r/fine',
      'order/r/missing',
    ]);
    expect(find('order/r/missing')).toMatchObject({ style: 'choreography', status: 'unknown' });
  });

  it('has services as rows, and what undoes below', () => {
    expect(shape(dance.rows('order/r/missing'))).toEqual([
      [
        'order/r/missing @ order/r/missing',
        'opening',
        'paying',
        'reserving',
        'refunding',
        'rejecting',
        'rejected',
      ],
      ['order-book/r @ order-book/r', 'OPEN done', 'REJECT done'],
      ['payment-desk @ payment-desk', 'payment.requested → payment.completed done'],
      ['breaker/bank @ breaker/bank', 'ACQUIRE done'],
      ['inventory-desk @ inventory-desk', 'inventory.reserve → inventory.rejected failed'],
      ['undo at payment-desk @ payment-desk', 'inventory.rejected → payment.refunded done'],
    ]);
    expect(dance.rows('order/r/missing').every(({ inferred }) => inferred)).toBe(true);
    expect(dance.rows('order/r/missing').at(-1)!.undoes).toBe('payment-desk');
  });

  it('stands beside the orchestrated run, the same service in the same line', async () => {
    const saga = timelines(await shop('orchestrated'));
    const aligned = alignRows(saga.rows('saga/r/missing'), dance.rows('order/r/missing'));
    expect(aligned.map(({ left, right }) => [left?.label, right?.label])).toEqual([
      ['create', 'order-book/r'],
      ['charge', 'payment-desk'],
      ['reserve', 'inventory-desk'],
      ['confirm', undefined],
      ['undo charge', 'undo at payment-desk'],
      ['undo create', undefined],
      [undefined, 'order/r/missing'],
      [undefined, 'breaker/bank'],
    ]);
  });
});

const segment = (kind: Segment['kind'], from: number, to: number): Segment => ({
  kind,
  label: 'x',
  from,
  to,
  outcome: 'done',
  begin: 0,
});
const row = (...segments: Segment[]): Row => ({
  key: 'r',
  label: 'r',
  role: 'forward',
  services: [],
  segments,
  inferred: false,
  skipped: false,
});

describe('the scale of time', () => {
  it('folds the hours in which nothing is done, also those of a timer', () => {
    const hour = 3_600_000;
    const rows = [
      row(
        segment('attempt', 0, 100),
        segment('wait', 100, 2 * hour),
        segment('attempt', 2 * hour, 2 * hour + 100),
      ),
    ];
    const { stretches, at, timeAt } = scaleOf(rows, 0, 2 * hour + 100);
    expect(stretches.map(({ folded }) => folded)).toEqual([false, true, false]);
    expect(stretches[1]!.end - stretches[1]!.start).toBeCloseTo(0.08);
    expect([at(0), at(2 * hour + 100)]).toEqual([0, 1]);
    expect(at(100)).toBeGreaterThan(0.4);
    expect(timeAt(at(50))).toBeCloseTo(50);
  });

  it('is straight where there is nothing to fold, and never runs backwards', () => {
    const rows = [row(segment('attempt', 0, 60), segment('attempt', 70, 100))];
    const { stretches, at } = scaleOf(rows, 0, 100);
    expect(stretches).toHaveLength(1);
    const points = Array.from({ length: 101 }, (_, time) => at(time));
    expect(points).toEqual([...points].sort((a, b) => a - b));
    expect(at(25)).toBeCloseTo(0.25);
  });

  it('does not fold what is over in a moment', () => {
    const rows = [row(segment('attempt', 0, 0.1), segment('attempt', 900, 900.1))];
    expect(scaleOf(rows, 0, 900.1).stretches).toHaveLength(1);
    const long = [row(segment('attempt', 0, 300), segment('attempt', 2_300, 2_310))];
    expect(scaleOf(long, 0, 2_310).stretches).toHaveLength(1);
    const idle = [row(segment('attempt', 0, 100), segment('attempt', 2_300, 2_310))];
    expect(scaleOf(idle, 0, 2_310).stretches.map(({ folded }) => folded)).toEqual([false, true, false]);
  });

  it('is there for a run of no length', () => {
    expect(scaleOf([row(segment('attempt', 5, 5))], 5, 5).at(5)).toBe(0);
  });
});

describe('who did not choose', () => {
  const one = (id: string, tone: Conversation['tone'], owner?: string, status = 'x'): Conversation => ({
    id,
    style: 'saga',
    ...(owner === undefined ? {} : { owner }),
    helpers: [],
    status,
    tone,
    over: tone === 'bad' || tone === 'undone',
    occurrences: [],
    correlations: [],
    begin: 0,
    end: 0,
  });

  it('sees the last that failed or was undone, else the last with an owner that was seen', () => {
    const stray = one('stray', 'bad');
    const unseen = one('unseen', 'open', 'unseen', 'unknown');
    const [good, undone, bad] = [
      one('good', 'good', 'good'),
      one('undone', 'undone', 'u'),
      one('bad', 'bad', 'b'),
    ];
    expect(foremost([stray, unseen, good, undone, bad])).toBe(undone);
    expect(foremost([{ ...undone, over: false }, bad])).toBe(bad);
    expect(foremost([stray, unseen, good])).toBe(good);
    expect(foremost([stray, unseen])).toBe(unseen);
    expect(foremost([stray])).toBe(stray);
    expect(foremost([])).toBeUndefined();
  });
});
