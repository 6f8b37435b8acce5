import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTroupeError } from '../../src/errors.ts';
import { checkId, checkName, formatAddress, parseAddress } from '../../src/message/address.ts';

const segment = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .filter((s) => /^[^\s/@*>\p{Cc}\p{Cs}]+$/u.test(s));
const id = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('/'));
const node = fc.option(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), { nil: undefined });

describe('address', () => {
  it('parse and format are inverse', () => {
    fc.assert(
      fc.property(id, node, (ofId, ofNode) => {
        const parsed = ofNode === undefined ? { id: ofId } : { id: ofId, node: ofNode };
        expect(parseAddress(formatAddress(parsed))).toEqual(parsed);
      }),
    );
  });

  it('any text is an address or a typed refusal that names it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        try {
          expect(formatAddress(parseAddress(text))).toBe(text);
        } catch (error) {
          expect(isTroupeError(error) && error.code).toBe('INVALID_ADDRESS');
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['', 'non-empty'],
    ['a//b', 'empty'],
    ['/a', 'empty'],
    ['a/', 'empty'],
    ['a b', 'white space'],
    ['a\u0000', 'control character'],
    ['a*', '@ * >'],
    ['a@b@c', 'after "@"'],
    ['a@', 'after "@"'],
    ['a@b.c', 'after "@"'],
    [`a@${'n'.repeat(65)}`, 'after "@"'],
    ['\ud83d', 'lone surrogate'],
    ['x'.repeat(513), 'longer than 512'],
  ])('refuses %j: %s', (text, rule) => {
    expect(() => parseAddress(text)).toThrow(rule);
  });

  it('an id a user chooses has no node and no reserved beginning', () => {
    expect(checkId('order/42')).toBe('order/42');
    for (const reserved of ['?1', '!1', '~1', '$node'])
      expect(() => checkId(reserved)).toThrow('belong to the runtime');
    expect(() => checkId('a@b')).toThrow('without "@node"');
  });

  it('a name can stand in a subject', () => {
    expect(checkName('shop_1-a', 'system name')).toBe('shop_1-a');
    for (const bad of ['', 'a.b', 'a b', '*', 'ä', 'x'.repeat(65)])
      expect(() => checkName(bad, 'system name')).toThrow(`The system name "${bad}"`);
  });
});
