import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Transaction } from '../../src/testing/history/lists.ts';
import { transactions, type Anomaly, type Isolation } from '../../src/testing/history/transactions.ts';

describe('transactions over lists', () => {
  /** `process: append x 1; read y [1 2]`, one a line; each begins when the one before is over, unless it begins with `~`. */
  const parse = (text: string): Transaction[] =>
    text
      .trim()
      .split('\n')
      .map((line, at): Transaction => {
        const [, together, process = '', steps = '', end] = /^\s*(~?)(\w+): (.*?)( aborted| unknown)?$/.exec(
          line,
        )!;
        const parsed = steps.split('; ').map((step) => /^(append|read) (\w+) (.*)$/.exec(step)!.slice(1));
        const input = parsed.map(([op = '', key = '', value]) =>
          op === 'append'
            ? { op: 'append' as const, key, value: Number(value) }
            : { op: 'read' as const, key },
        );
        const output = parsed.map(([op, , value = '']) =>
          op === 'append' ? null : (value.match(/\d+/g) ?? []).map(Number),
        );
        const call = together === '' ? 10 * at : 0;
        if (end === ' unknown') return { process, input, call };
        return {
          process,
          input,
          output,
          call,
          return: 10 * at + 5,
          ...(end === undefined ? {} : { failed: true }),
        };
      });

  const levels: readonly Isolation[] = [
    'read committed',
    'snapshot isolation',
    'serializable',
    'strict serializable',
  ];

  test.each<[string, string, Anomaly[], Isolation[]]>([
    [
      'one after another',
      `a: append x 1; read x [1]
      b: read x [1]; append x 2
      c: read x [1 2]; read y []`,
      [],
      levels.slice(),
    ],
    [
      'two write each other over (G0)',
      `~a: append x 1; append y 1
      ~b: append x 2; append y 2
      ~c: read x [1 2]; read y [2 1]`,
      ['G0'],
      [],
    ],
    [
      'a read of what was aborted (G1a)',
      `~a: append x 1 aborted
      ~b: read x [1]`,
      ['G1a'],
      [],
    ],
    [
      'a read in the middle (G1b)',
      `~a: append x 1; append x 2
      ~b: read x [1]
      ~c: read x [1 2]`,
      ['G1b', 'G-single'],
      [],
    ],
    [
      'information flows in a circle (G1c)',
      `~a: append x 1; read y [1]
      ~b: append y 1; read x [1]`,
      ['G1c'],
      [],
    ],
    [
      'a read of half of it (G-single)',
      `~a: append x 1; append y 1
      ~b: read x [1]; read y []
      ~c: read y [1]`,
      ['G-single'],
      ['read committed'],
    ],
    [
      'a lost update (G-single)',
      `~a: read x []; append x 1
      ~b: read x []; append x 2
      ~c: read x [1 2]`,
      ['G-single'],
      ['read committed'],
    ],
    [
      'write skew (G2)',
      `~a: read x []; append y 1
      ~b: read y []; append x 1
      ~c: read x [1]; read y [1]`,
      ['G2'],
      ['read committed', 'snapshot isolation'],
    ],
    [
      'write skew nobody looked at (G2)',
      `~a: read x []; append y 1
      ~b: read y []; append x 1`,
      ['G2'],
      ['read committed', 'snapshot isolation'],
    ],
    [
      'a read of the past',
      `a: append x 1
      b: read x []
      c: read x [1]`,
      ['realtime cycle'],
      levels.slice(0, 3),
    ],
    [
      'a committed element that is gone',
      `a: append x 1
      b: read x []`,
      ['realtime cycle'],
      levels.slice(0, 3),
    ],
    [
      'two orders',
      `~a: append x 1
      ~b: append x 2
      ~c: read x [1 2]
      ~d: read x [2 1]`,
      ['incompatible order', 'G1c'].slice(0, 1) as Anomaly[],
      [],
    ],
    [
      'an element twice',
      `~a: append x 1
      ~b: read x [1 1]`,
      ['duplicate element'],
      [],
    ],
    ['an element of nobody', 'a: read x [7]', ['unknown element'], []],
    ['its own append is missing', 'a: append x 1; read x []', ['internal'], []],
    [
      'its own past changes',
      `~a: append x 1
      ~b: read x []; read x [1]`,
      ['internal'],
      [],
    ],
    [
      'what was lost and seen did happen',
      `a: append x 1 unknown
      b: read x [1]`,
      [],
      levels.slice(),
    ],
  ])('%s', (_name, text, anomalies, holds) => {
    const history = parse(text);
    expect(transactions(history).anomalies.map(({ anomaly }) => anomaly)).toEqual(anomalies);
    expect(levels.filter((level) => transactions(history, level).verdict === 'holds')).toEqual(holds);
  });

  test('says what was before what', () => {
    const { text, anomalies } = transactions(
      parse(`~a: read x []; append y 1
      ~b: read y []; append x 1`),
      'serializable',
    );
    expect(anomalies[0]?.transactions.map(({ process }) => process)).toEqual(['a', 'b']);
    expect(text).toBe(
      [
        'The history is not serializable.',
        'G2: a cycle',
        '  a {read x -> []; append y 1} did not yet see b {read y -> []; append x 1}',
        '  b {read y -> []; append x 1} did not yet see a {read x -> []; append y 1}',
      ].join('\n'),
    );
    expect(() => transactions([], 'repeatable' as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  test('transactions done one at a time are strictly serializable; swapping two reads that differ is noticed', () => {
    const step = fc.record({ append: fc.boolean(), key: fc.constantFrom('x', 'y') });
    let noticed = 0;
    fc.assert(
      fc.property(
        fc.array(fc.array(step, { minLength: 1, maxLength: 3 }), { maxLength: 20 }),
        fc.nat(),
        (wanted, pick) => {
          const lists: Record<string, number[]> = { x: [], y: [] };
          let next = 0;
          const history = wanted.map((steps, at): Transaction => {
            const input = steps.map(({ append, key }) =>
              append ? { op: 'append' as const, key, value: (next += 1) } : { op: 'read' as const, key },
            );
            const output = input.map((each) => {
              if (each.op === 'append') lists[each.key]!.push(each.value);
              return each.op === 'append' ? null : [...lists[each.key]!];
            });
            return { process: at % 3, input, output, call: 10 * at, return: 10 * at + 12 };
          });
          expect(transactions(history)).toMatchObject({ verdict: 'holds' });
          const at = history.findIndex(
            ({ output }, index) =>
              index >= pick % (history.length + 1) && output!.some((list) => (list?.length ?? 0) > 0),
          );
          if (at < 0) return;
          const told = history[at]!;
          // Forgets all it has read: sequentially over by more than two transactions, so real time shows it.
          const output = told.output!.map((list) => list && []);
          const lie = history.with(at, { ...told, output });
          const first = (told.output!.find((list) => (list?.length ?? 0) > 0) ?? [])[0];
          const writer = history.findIndex(({ input }) =>
            input.some((each) => each.op === 'append' && each.value === first),
          );
          if (writer > at - 2) return;
          noticed += 1;
          expect(transactions(lie).verdict).toBe('violated');
        },
      ),
      { numRuns: 500, seed: 2020 },
    );
    expect(noticed).toBeGreaterThan(100);
  });
});
