import { describe, expect, test } from 'vitest';
import { bank, type Balances, type BankInput } from '../../src/testing/history/bank.ts';
import { delivery, type StreamOperation } from '../../src/testing/history/delivery.ts';
import type { CounterInput } from '../../src/testing/history/objects.ts';
import type { Operation } from '../../src/testing/history/operation.ts';
import { counterBounds, uniqueIds } from '../../src/testing/history/tallies.ts';

describe('a bank', () => {
  const transfer = { op: 'transfer', from: 'a', to: 'b', amount: 5 } as const;
  const moved = (call: number, end?: number): Operation<BankInput, undefined> => ({
    process: 'teller',
    input: transfer,
    call,
    ...(end === undefined ? {} : { return: end }),
  });
  const shown = (
    output: Balances | undefined,
    call: number,
    end: number,
  ): Operation<BankInput, Balances | undefined> => ({
    process: 'auditor',
    input: { op: 'read' },
    output,
    call,
    return: end,
  });

  test('has the same money in every snapshot', () => {
    const history = [
      shown({ a: 10, b: 0 }, 0, 1),
      moved(2, 5),
      shown({ a: 5, b: 5 }, 3, 4),
      shown({ a: 5, b: 5 }, 6, 7),
    ];
    expect(bank(history, { total: 10 })).toEqual({
      verdict: 'holds',
      transfers: [],
      text: 'All 3 reads show 10 in all.',
    });
  });

  test('shows the first read that saw half a transfer, and the transfers under way', () => {
    const late = moved(20);
    const history = [
      shown({ a: 0, b: 0 }, 30, 31),
      moved(0, 1),
      moved(2, 5),
      shown({ a: 5, b: 0 }, 3, 4),
      late,
    ];
    const { verdict, read, transfers, text } = bank(history, { total: 10 });
    expect(verdict).toBe('violated');
    expect(read).toBe(history[3]);
    expect(transfers).toEqual([history[2]]);
    expect(text).toBe(
      '2 of 2 reads show what cannot be. The first, by auditor: {"a":5,"b":0}, 5 in place of 10.\nTransfers under way:\n  teller: 5 from a to b',
    );
  });

  test.each<[string, Balances, object, string | undefined]>([
    ['an account overdrawn', { a: -5, b: 15 }, {}, 'with a overdrawn'],
    ['unless it may be', { a: -5, b: 15 }, { overdraft: true }, undefined],
    ['an account missing', { a: 10 }, { accounts: ['a', 'b'] }, 'without b'],
  ])('%s', (_name, balances, options, words) => {
    const { verdict, text } = bank([shown(balances, 0, 1)], { total: 10, ...options });
    expect(verdict).toBe(words === undefined ? 'holds' : 'violated');
    expect(text).toContain(words ?? 'All 1 reads');
  });

  test('refuses what is no snapshot', () => {
    expect(() => bank([shown(undefined, 0, 1)], { total: 10 })).toThrow(
      expect.objectContaining({ code: 'INVALID_HISTORY' }),
    );
    expect(() => bank([], { total: NaN })).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('a stream', () => {
  const send = (process: string, value: unknown, call: number, end?: number): StreamOperation => ({
    process,
    input: { op: 'send', value },
    call,
    ...(end === undefined ? {} : { return: end }),
  });
  const receive = (process: string, output: unknown, at: number): StreamOperation => ({
    process,
    input: { op: 'receive' },
    output,
    call: at,
    return: at + 1,
  });
  const sent = [send('p', 1, 0, 1), send('p', 2, 2, 3), send('q', 3, 0, 1)];

  test.each<
    [string, StreamOperation[], Partial<Record<'lost' | 'duplicated' | 'reordered' | 'unexpected', number>>]
  >([
    ['as it was sent', [...sent, receive('r', { values: [1, 3, 2] }, 10)], {}],
    [
      'in an order between senders that is open',
      [...sent, receive('r', 3, 10), receive('r', 1, 12), receive('r', 2, 14)],
      {},
    ],
    ['without what was acknowledged', [...sent, receive('r', { values: [1, 2] }, 10)], { lost: 1 }],
    [
      'without what may never have arrived',
      [...sent, send('p', 4, 20), receive('r', { values: [1, 3, 2] }, 10)],
      {},
    ],
    [
      'with what may have arrived',
      [...sent, send('p', 4, 4), receive('r', { values: [1, 3, 2, 4] }, 10)],
      {},
    ],
    ['twice', [...sent, receive('r', { values: [1, 3, 2, 1] }, 10)], { duplicated: 1 }],
    [
      'by one of two receivers only',
      [...sent, receive('r', { values: [1, 3, 2] }, 10), receive('s', { values: [1, 2] }, 10)],
      { lost: 1 },
    ],
    ['out of order', [...sent, receive('r', { values: [2, 3, 1] }, 10)], { reordered: 1 }],
    [
      'in either order when sent at once',
      [send('p', 1, 0, 5), send('p', 2, 1, 4), receive('r', { values: [2, 1] }, 10)],
      {},
    ],
    ['what nobody sent', [...sent, receive('r', { values: [1, 3, 2, 9] }, 10)], { unexpected: 1 }],
    [
      'what failed to be sent',
      [...sent, { ...send('p', 4, 4, 5), failed: true }, receive('r', { values: [1, 3, 2, 4] }, 10)],
      { unexpected: 1 },
    ],
    ['by nobody', sent, { lost: 3 }],
  ])('received %s', (_name, history, counts) => {
    const found = delivery(history);
    expect(found.counts).toEqual({ lost: 0, duplicated: 0, reordered: 0, unexpected: 0, ...counts });
    expect(found.verdict).toBe(Object.keys(counts).length === 0 ? 'holds' : 'violated');
  });

  test('receivers that share it get each value once between them', () => {
    const history = [...sent, receive('r', 1, 10), receive('s', { values: [2, 3] }, 12)];
    expect(delivery(history, { shared: true }).verdict).toBe('holds');
    const again = delivery([...history, receive('s', 1, 20)], { shared: true });
    expect(again.findings.map(({ fault }) => fault)).toEqual(['duplicated']);
    expect(again.text).toBe('1 duplicated; the first: 1 of p, received by r and again by s.');
  });

  test('what is not forbidden is counted all the same', () => {
    const { verdict, counts } = delivery([...sent, receive('r', { values: [1, 1, 2] }, 10)], {
      forbidden: ['reordered'],
    });
    expect(verdict).toBe('holds');
    expect(counts).toEqual({ lost: 1, duplicated: 1, reordered: 0, unexpected: 0 });
    expect(() => delivery([], { forbidden: ['late' as never] })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('tallies', () => {
  const done = <TInput, TOutput>(
    process: string,
    input: TInput,
    output: TOutput,
    call: number,
    end: number,
  ): Operation<TInput, TOutput> => ({
    process,
    input,
    output,
    call,
    return: end,
  });

  test('ids are unique', () => {
    const ids = [
      done('a', 'id', 'x1', 0, 1),
      done('b', 'id', 'x2', 0, 1),
      { process: 'c', input: 'id', call: 0 },
    ];
    expect(uniqueIds(ids)).toMatchObject({ verdict: 'holds', text: 'All 2 ids are different.' });
    expect(uniqueIds([...ids, done('d', 'id', 'x1', 5, 6)])).toMatchObject({
      verdict: 'violated',
      text: 'a and d were both given "x1".',
    });
  });

  test('a counter is read within its bounds', () => {
    const add = (amount: number, call: number, end?: number): Operation<CounterInput, undefined> => ({
      process: 'a',
      input: { op: 'add', amount },
      call,
      ...(end === undefined ? {} : { return: end }),
    });
    const history = [add(1, 0, 1), add(2, 0), add(-4, 3, 9), { ...add(100, 0, 1), failed: true }];
    const read = (count: number) =>
      counterBounds([...history, done('r', { op: 'read' } as const, count, 4, 5)]);
    expect([-4, -3, 0, 3, 4].map((count) => read(count).verdict)).toEqual([
      'violated',
      'holds',
      'holds',
      'holds',
      'violated',
    ]);
    expect(read(4).text).toBe('r read 4; by then it was at least -3 and at most 3.');
  });
});
