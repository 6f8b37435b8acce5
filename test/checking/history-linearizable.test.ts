import { describe, expect, test } from 'vitest';
import { linearizable, sequentiallyConsistent } from '../../src/testing/history/linearizable.ts';
import { casRegister, counter, keyValue, queue, register, set } from '../../src/testing/history/objects.ts';
import type {
  CounterInput,
  KeyValueInput,
  QueueInput,
  RegisterInput,
  SetInput,
} from '../../src/testing/history/objects.ts';
import type { Operation } from '../../src/testing/history/operation.ts';
import { sequential, unknownOutput, type Specification } from '../../src/testing/history/specification.ts';
import { etcdHistories, keyValueHistories } from './support/histories.ts';

/** `[process, input, output, call, return]`; without a return the outcome is unknown. */
type Row<TInput> = readonly [string, TInput, unknown, number, number?];

const history = <TInput>(rows: readonly Row<TInput>[]): Operation<TInput>[] =>
  rows.map(([process, input, output, call, end]) =>
    end === undefined ? { process, input, call } : { process, input, output, call, return: end },
  );

const write = (value: unknown) => ({ op: 'write', value }) as const;
const read = { op: 'read' } as const;

describe('published histories', () => {
  test('102 verdicts on etcd', () => {
    const all = etcdHistories();
    const holds = all.filter((each) => linearizable(casRegister(), each.history).verdict === 'holds');
    expect(all.length).toBe(102);
    expect(holds.map(({ name }) => name)).toEqual(all.filter(({ good }) => good).map(({ name }) => name));
    expect(holds.length).toBe(23);
  });

  test.each(keyValueHistories())('key-value store, $name $good', ({ good, history: published }) => {
    const { verdict, parts } = linearizable(keyValue(''), published);
    expect(verdict).toBe(good ? 'holds' : 'violated');
    expect(parts.length).toBe(new Set(published.map(({ input }) => input.key)).size);
  });

  test('one client needs no parts: the whole store at once gives the same verdicts', () => {
    const whole = { ...keyValue('') } as { partition?: unknown } & ReturnType<typeof keyValue>;
    delete whole.partition;
    const small = keyValueHistories().filter(({ name }) => name === 'c01');
    expect(small.map((each) => linearizable(whole, each.history).verdict)).toEqual(['holds', 'violated']);
  });

  test('an order found is one: it has every answered operation, keeps real time, and replays', () => {
    for (const { history: published, name } of etcdHistories().filter(({ good }) => good)) {
      const { parts } = linearizable(casRegister(), published);
      const order = parts[0]?.order ?? [];
      expect(
        published.filter((each) => each.return !== undefined && !order.includes(each)),
        name,
      ).toEqual([]);
      expect(replays(casRegister(), order), name).toBe(true);
      expect(inTime(order), name).toBe(true);
    }
  });
});

const replays = <TInput>(
  spec: Specification<unknown, TInput>,
  order: readonly Operation<TInput>[],
): boolean => {
  let state = spec.initial;
  return order.every(({ input, output, return: end }) => {
    const [ok, next] = spec.step(state, input, end === undefined ? unknownOutput : output);
    state = next;
    return ok;
  });
};

const inTime = (order: readonly Operation[]): boolean => {
  let latest = -Infinity;
  return order.every(({ call, return: end = Infinity }) => {
    latest = Math.max(latest, call);
    return end >= latest;
  });
};

describe('a register', () => {
  const spec = register(0);

  test.each<[string, Row<RegisterInput>[], boolean, boolean]>([
    [
      'reads while a write is under way may see it or not',
      [
        ['a', write(1), undefined, 0, 100],
        ['b', read, 1, 25, 75],
        ['c', read, 0, 30, 60],
      ],
      true,
      true,
    ],
    [
      'what one reader has seen no later reader may miss',
      [
        ['a', write(2), undefined, 0, 100],
        ['b', read, 2, 10, 30],
        ['c', read, 0, 40, 90],
      ],
      false,
      true,
    ],
    [
      'a read after a write sees it',
      [
        ['a', write(1), undefined, 0, 1],
        ['b', read, 0, 2, 3],
      ],
      false,
      true,
    ],
    [
      'a process sees its own write',
      [
        ['a', write(1), undefined, 0, 1],
        ['a', read, 0, 2, 3],
      ],
      false,
      false,
    ],
    [
      'an operation that touches another in time may be before it',
      [
        ['a', write(1), undefined, 0, 5],
        ['b', read, 0, 5, 6],
      ],
      true,
      true,
    ],
    [
      'a lost write may have happened',
      [
        ['a', write(1), undefined, 0],
        ['b', read, 1, 5, 6],
      ],
      true,
      true,
    ],
    [
      'a lost write may happen late',
      [
        ['a', write(1), undefined, 0],
        ['b', read, 0, 5, 6],
        ['b', read, 1, 7, 8],
      ],
      true,
      true,
    ],
    [
      'a lost write happens once',
      [
        ['a', write(1), undefined, 0],
        ['b', write(2), undefined, 1, 2],
        ['b', read, 1, 5, 6],
        ['b', write(2), undefined, 7, 8],
        ['b', read, 1, 9, 10],
      ],
      false,
      false,
    ],
    [
      'a lost write does not happen before it was asked for',
      [
        ['b', read, 1, 0, 1],
        ['a', write(1), undefined, 2],
      ],
      false,
      true,
    ],
    [
      'nobody reads what nobody wrote',
      [
        ['a', write(1), undefined, 0, 9],
        ['b', read, 7, 1, 2],
      ],
      false,
      false,
    ],
    [
      'two readers disagree about the order of two writes',
      [
        ['a', write(1), undefined, 0, 100],
        ['b', write(2), undefined, 0, 100],
        ['c', read, 1, 1, 2],
        ['c', read, 2, 3, 4],
        ['d', read, 2, 1, 2],
        ['d', read, 1, 3, 4],
      ],
      false,
      false,
    ],
  ])('%s', (_name, rows, linear, sequentially) => {
    expect(linearizable(spec, history(rows)).verdict).toBe(linear ? 'holds' : 'violated');
    expect(sequentiallyConsistent(spec, history(rows)).verdict).toBe(sequentially ? 'holds' : 'violated');
  });

  test('says what cannot be explained, what was before, and what contradicts it', () => {
    const rows = history<RegisterInput>([
      ['a', write(1), undefined, 0, 1],
      ['a', write(2), undefined, 2, 3],
      ['a', write(3), undefined, 4, 8],
      ['b', read, 3, 5, 6],
      ['c', read, 2, 7, 9],
      ['a', write(4), undefined, 10, 11],
    ]);
    const { parts, text } = linearizable(spec, rows);
    const blame = parts[0]?.blame;
    expect(blame?.culprit).toBe(rows[4]);
    expect(blame?.before).toEqual([rows[0], rows[1], rows[2], rows[3]]);
    expect(blame?.state).toBe(3);
    expect(blame?.window).toEqual([rows[3], rows[4]]);
    expect(text).toBe(
      [
        'The history is not linearizable.',
        'Nothing explains c: read -> 2 (from 7 to 9).',
        'Before it: write 1, write 2, write 3, read -> 3; then the object is 3.',
        'After what was before, these outcomes contradict each other:',
        '  b: read -> 3 (from 5 to 6)',
        '> c: read -> 2 (from 7 to 9)',
      ].join('\n'),
    );
  });

  test('an operation that failed did not happen', () => {
    const rows = history<RegisterInput>([
      ['a', write(1), undefined, 0, 1],
      ['b', read, 0, 2, 3],
    ]);
    expect(linearizable(spec, [{ ...rows[0]!, failed: true }, rows[1]!]).verdict).toBe('holds');
  });

  test('an empty history is in order', () => {
    expect(linearizable(spec, [])).toMatchObject({ verdict: 'holds', text: 'The history is linearizable.' });
    expect(linearizable(keyValue(), []).verdict).toBe('holds');
  });
});

describe('other objects', () => {
  test('a queue gives what came first', () => {
    const put = (value: number) => ({ op: 'enqueue', value }) as const;
    const take = { op: 'dequeue' } as const;
    const good = history<QueueInput>([
      ['a', put(1), undefined, 0, 1],
      ['a', put(2), undefined, 2, 3],
      ['b', take, 1, 4, 9],
      ['c', take, 2, 4, 5],
      ['c', take, null, 10, 11],
    ]);
    const bad = history<QueueInput>([
      ['a', put(1), undefined, 0, 1],
      ['a', put(2), undefined, 2, 3],
      ['c', take, 2, 4, 5],
      ['b', take, 1, 6, 9],
    ]);
    expect(linearizable(queue(), good).verdict).toBe('holds');
    expect(linearizable(queue(), bad).verdict).toBe('violated');
  });

  test('a counter counts every add once', () => {
    const add = { op: 'add', amount: 1 } as const;
    const twice = (count: number) =>
      history<CounterInput>([
        ['a', add, undefined, 0, 5],
        ['b', add, undefined, 1, 4],
        ['c', read, count, 6, 7],
      ]) as Operation<CounterInput, number>[];
    expect(linearizable(counter(), twice(2)).verdict).toBe('holds');
    expect(linearizable(counter(), twice(1)).verdict).toBe('violated');
  });

  test('a set knows its members', () => {
    const add = (value: string) => ({ op: 'add', value }) as const;
    const rows = (members: string[]) =>
      history<SetInput>([
        ['a', add('x'), true, 0, 5],
        ['b', add('x'), false, 1, 4],
        ['b', add('y'), undefined, 6, 7],
        ['c', read, members, 8, 9],
      ]);
    expect(linearizable(set(), rows(['y', 'x'])).verdict).toBe('holds');
    expect(linearizable(set(), rows(['x'])).verdict).toBe('violated');
  });

  test('a specification of your own, with states and outputs that are objects', () => {
    const ledger = sequential<
      { readonly balance: number },
      { readonly by: number },
      { readonly left: number } | 'refused'
    >({
      initial: { balance: 10 },
      apply: ({ balance }, { by }) =>
        balance + by < 0 ? [{ balance }, 'refused'] : [{ balance: balance + by }, { left: balance + by }],
    });
    const withdraw = (output: { readonly left: number } | 'refused') =>
      history([
        ['a', { by: -7 }, { left: 3 }, 0, 5],
        ['b', { by: -7 }, output, 1, 4],
      ]) as Operation<{ by: number }, typeof output>[];
    expect(linearizable(ledger, withdraw('refused')).verdict).toBe('holds');
    const { verdict, text } = linearizable(ledger, withdraw({ left: 3 }));
    expect(verdict).toBe('violated');
    expect(text).toContain('{"by":-7} -> {"left":3}');
  });
});

describe('bounds', () => {
  /** Writes that all overlap, and a reader no order pleases: every set of writes has to be tried. */
  const writers = Array.from({ length: 20 }, (_, at) => `w${at}`);
  const hard = history<RegisterInput>([
    ...writers.map((name, at): Row<RegisterInput> => [name, write(at), undefined, 0, 100]),
    ['r', read, 'never written', 1, 99],
  ]);

  test('steps', () => {
    const { verdict, text } = linearizable(register(0), hard, { steps: 1000 });
    expect(verdict).toBe('unknown');
    expect(text).toBe(
      'It is not known whether the history is linearizable: the search was stopped by its bound in 1 of 1 parts.',
    );
  });

  test('time, by the clock given', () => {
    let now = 0;
    const clock = { now: () => (now += 1) };
    expect(linearizable(register(0), hard, { timeout: 5, clock }).verdict).toBe('unknown');
    expect(now).toBe(6);
  });

  test('a contradiction in one part is found while another part is too hard', () => {
    const rows = history<KeyValueInput>([
      ...writers.map((name, at): Row<KeyValueInput> => [
        name,
        { op: 'put', key: 'hard', value: at },
        undefined,
        0,
        100,
      ]),
      ['r', { op: 'get', key: 'hard' }, 'never written', 1, 99],
      ['p', { op: 'get', key: 'easy' }, 1, 0, 1],
    ]);
    const { verdict, parts } = linearizable(keyValue(), rows, { steps: 50_000 });
    expect(verdict).toBe('violated');
    expect(parts.map((each) => each.verdict)).toEqual(['unknown', 'violated']);
  });

  test.each([{ steps: 0 }, { steps: -1 }, { steps: NaN }, { timeout: 0 }, { step: 9 }])(
    'refuses %o',
    (bounds) => {
      expect(() => linearizable(register(0), hard, bounds)).toThrow(
        expect.objectContaining({ code: 'INVALID_OPTION' }),
      );
    },
  );
});

describe('a history that cannot be', () => {
  test('returns before its call', () => {
    const rows = history<RegisterInput>([['a', read, 0, 5, 3]]);
    expect(() => linearizable(register(0), rows)).toThrow(
      'Operation 0 of process a returned at 3, before its call at 5.',
    );
  });

  test('has a call that is no number', () => {
    expect(() => linearizable(register(0), history([['a', read, 0, NaN, 3]]))).toThrow(
      expect.objectContaining({ code: 'INVALID_HISTORY' }),
    );
  });
});
