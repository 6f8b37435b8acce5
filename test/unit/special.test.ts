import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../src/message/special.ts';
import { codeOf } from '../support/code-of.ts';

describe('special values', () => {
  it('have a plain form and come back', () => {
    const value = {
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set([1n, -0])]]),
      date: new Date(0),
      zero: -0,
      '\0mine': '\0',
      '\0\0': [undefined, null],
    };
    expect(unpack(pack(value))).toEqual(value);
    expect(pack(new Map([['a', 1n]]))).toEqual({ '\0m': [['a', { '\0n': '1' }]] });
  });

  it('are refused in a form that is not written', async () => {
    const forged = [
      { '\0m': [[1]] },
      { '\0m': 1 },
      { '\0n': '1e9' },
      { '\0d': 9e15 },
      { '\0x': 1 },
      { '\0s': {} },
      { '\0z': 0, a: 1 },
    ];
    for (const value of forged)
      expect(await codeOf(() => unpack(value)), JSON.stringify(value)).toBe('MALFORMED_MESSAGE');
  });
});
