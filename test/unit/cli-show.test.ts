import { describe, expect, it } from 'vitest';
import { compact, fields, toJson } from '../../src/message/json.ts';
import { table } from '../../src/cli/show.ts';
import { TroupeError } from '../../src/errors.ts';

describe('values of messages as JSON', () => {
  it.each([
    [new Date(86_400_000), '1970-01-02T00:00:00.000Z'],
    [2n ** 70n, '1180591620717411303424'],
    [new Uint8Array([255, 0, 1]), '/wAB'],
    [new Set([1n, new Date(0)]), ['1', '1970-01-01T00:00:00.000Z']],
    [new Map([['a', new Set([1])]]), { a: [1] }],
    [
      new Map<unknown, unknown>([
        [1, 'one'],
        ['two', 2],
      ]),
      [
        [1, 'one'],
        ['two', 2],
      ],
    ],
    [
      [Number.NaN, Infinity, -0, null],
      ['NaN', 'Infinity', -0, null],
    ],
    [{ deep: { bytes: new Uint8Array() } }, { deep: { bytes: '' } }],
    [new TroupeError('TIMEOUT', 'too late'), { code: 'TIMEOUT', message: 'too late' }],
    [new RangeError('too far'), { message: 'too far' }],
  ])('%o', (value, json) => {
    expect(toJson(value)).toEqual(json);
  });

  it('leaves out what is undefined', () => {
    expect([compact(undefined), compact({ a: undefined, b: 1 })]).toEqual(['', '{"b":1}']);
  });
});

describe('lines for people', () => {
  it('cuts long values of fields', () => {
    expect(fields({ short: [1], long: 'x'.repeat(100) })).toBe(`short: [1], long: "${'x'.repeat(59)}…`);
  });

  it('makes columns as wide as their widest text', () => {
    expect(
      table(
        ['A', 'LONG'],
        [
          ['wide', ''],
          ['b', 'c'],
        ],
      ),
    ).toBe('A     LONG\nwide\nb     c');
  });
});
