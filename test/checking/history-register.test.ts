import { describe, expect, test } from 'vitest';
import { registerHistory } from '../../examples/model-checking/register-history.ts';
import { system } from '../../examples/model-checking/single-copy-register.ts';
import { linearizability } from '../../src/testing/history/ledger.ts';
import { register, type RegisterInput } from '../../src/testing/history/objects.ts';
import type { Sent } from '../../src/testing/model/view.ts';
import { explore } from './support/naive.ts';

/** Counts and lengths: Stateright, examples/single-copy-register.rs; of two servers it counts 54, because it stops early. */
describe('a register kept in one place', () => {
  test('one server: 93 states, linearizable, a value is read after 3 steps', () => {
    const { distinct, steps } = explore(system());
    expect(distinct).toBe(93);
    expect(steps).toEqual({ linearizable: undefined, 'value chosen': 3 });
  });

  test('two servers: 62 states; 4 deliveries show that it is not linearizable', () => {
    const { distinct, steps, path } = explore(system({ servers: 2 }));
    expect(distinct).toBe(62);
    expect(steps).toEqual({ linearizable: 4, 'value chosen': 4 });
    expect(
      path('linearizable')?.map((action) => action.kind === 'deliver' && action.sent.event.type),
    ).toEqual(['PUT', 'PUT_OK', 'GET', 'GET_OK']);
  });

  test('with one client there is nothing to get wrong; with three it is still linearizable', () => {
    expect(explore(system({ clients: 1 })).distinct).toBe(5);
    const { distinct, steps } = explore(system({ clients: 3 }));
    expect(distinct).toBe(4243);
    expect(steps['linearizable']).toBeUndefined();
  });
});

describe('the ledger', () => {
  const message = (from: string, to: string, event: { type: string; [field: string]: unknown }): Sent => ({
    from,
    to,
    event,
  });
  const { ledger, judge, property } = registerHistory();
  const after = (...messages: readonly ['sent' | 'delivered', Sent][]) =>
    messages.reduce((log, [how, sent]) => ledger[how]?.(log, sent) ?? log, ledger.initial);
  const put = (client: string, request: string, value: string): ['sent', Sent] => [
    'sent',
    message(client, 's', { type: 'PUT', from: client, request, value }),
  ];
  const get = (client: string, request: string): ['sent', Sent] => [
    'sent',
    message(client, 's', { type: 'GET', from: client, request }),
  ];
  const putOk = (client: string, request: string): ['delivered', Sent] => [
    'delivered',
    message('s', client, { type: 'PUT_OK', request }),
  ];
  const getOk = (client: string, request: string, value: unknown): ['delivered', Sent] => [
    'delivered',
    message('s', client, { type: 'GET_OK', request, value }),
  ];

  test('knows what was over when something began, and forgets the order of everything else', () => {
    const one = after(
      put('a', '1', 'x'),
      put('b', '2', 'y'),
      putOk('a', '1'),
      putOk('b', '2'),
      get('a', '3'),
    );
    const other = after(
      put('b', '2', 'y'),
      put('a', '1', 'x'),
      putOk('b', '2'),
      putOk('a', '1'),
      get('a', '3'),
    );
    const later = after(
      put('a', '1', 'x'),
      putOk('a', '1'),
      put('b', '2', 'y'),
      putOk('b', '2'),
      get('a', '3'),
    );
    expect(other).toEqual(one);
    expect(later).not.toEqual(one);
  });

  test('a request that is sent again is the same operation; an answer to an earlier one is none', () => {
    const once = after(put('a', '1', 'x'), putOk('a', '1'), get('a', '2'));
    expect(
      after(put('a', '1', 'x'), put('a', '1', 'x'), putOk('a', '1'), get('a', '2'), putOk('a', '1')),
    ).toEqual(once);
  });

  test('a request that was given up may still take effect, or not', () => {
    const given = [put('a', '1', 'x'), get('a', '2')] as const;
    expect(judge(after(...given, getOk('a', '2', 'x'))).verdict).toBe('holds');
    expect(judge(after(...given, getOk('a', '2', null))).verdict).toBe('holds');
    expect(judge(after(...given, getOk('a', '2', null), get('a', '3'), getOk('a', '3', 'x'))).verdict).toBe(
      'holds',
    );
    expect(judge(after(...given, getOk('a', '2', 'x'), get('a', '3'), getOk('a', '3', null))).verdict).toBe(
      'violated',
    );
  });

  test('an answer nobody asked for breaks the property, in words', () => {
    const log = after(getOk('a', '1', 'x'));
    expect(judge(log)).toEqual({
      verdict: 'violated',
      text: 'a accepted "x" without having asked.',
      parts: [],
    });
    expect(property.holds({ actors: {}, network: [], history: log, partition: undefined })).toBe(false);
  });

  test("an answer to a question of a client is the client's", () => {
    const log = after(get('a', '1'), [
      'delivered',
      message('s', 'a?reader', { type: 'GET_OK', request: '1', value: null }),
    ]);
    expect(Object.keys(log.threads)).toEqual(['a']);
    expect(judge(log).verdict).toBe('holds');
  });

  test('program order alone keeps no real time', () => {
    const weak = linearizability<unknown, RegisterInput, unknown>({
      object: register(null),
      asked: ({ event }) =>
        event.type === 'READ' ? { input: { op: 'read' } } : { input: { op: 'write', value: 1 } },
      answered: ({ event }) => ({ output: (event as { value?: unknown } & Sent['event']).value }),
      condition: 'sequentially consistent',
    });
    const messages: readonly ['sent' | 'delivered', Sent][] = [
      ['sent', message('a', 's', { type: 'WRITE' })],
      ['delivered', message('s', 'a', { type: 'WRITTEN' })],
      ['sent', message('b', 's', { type: 'READ' })],
      ['delivered', message('s', 'b', { type: 'VALUE', value: null })],
    ];
    const log = messages.reduce(
      (kept, [how, sent]) => weak.ledger[how]?.(kept, sent) ?? kept,
      weak.ledger.initial,
    );
    expect(weak.property.name).toBe('sequentially consistent');
    expect(weak.judge(log).verdict).toBe('holds');
    const own = [
      ...messages,
      ['sent', message('a', 's', { type: 'READ' })],
      ['delivered', message('s', 'a', { type: 'VALUE', value: null })],
    ] as const;
    const worse = own.reduce(
      (kept, [how, sent]) => weak.ledger[how]?.(kept, sent) ?? kept,
      weak.ledger.initial,
    );
    expect(weak.judge(worse).verdict).toBe('violated');
  });
});
