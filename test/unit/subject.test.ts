import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeToken, encodeToken, matches, subjectsOf } from '../../src/message/subject.ts';

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });

describe('subject', () => {
  it('a token holds any text, injectively and without characters of NATS’s own', () => {
    fc.assert(
      fc.property(text, (given) => {
        const token = encodeToken(given);
        expect(token).toMatch(/^[A-Za-z0-9_=-]+$/);
        expect(decodeToken(token)).toBe(given);
      }),
    );
  });

  it('a token that is not written by us is refused', () => {
    for (const token of ['', '=', '=4', '=zz', '=41', 'a b', 'ä', '=FF'])
      expect(() => decodeToken(token), token).toThrow('not a subject token');
  });

  it('event types have a token per part; patterns keep NATS’s wildcards', () => {
    const subjects = subjectsOf('shop');
    expect(subjects.cluster).toBe('shop.c');
    expect(subjects.node('n-1')).toBe('shop.n.n-1');
    expect(subjects.event('order.created now')).toBe('shop.e.order.created=20now');
    expect(subjects.pattern('order.*')).toBe('shop.e.order.*');
    expect(subjects.pattern('>')).toBe('shop.e.>');
    expect(subjects.pattern('a*b.c>')).toBe('shop.e.a=2Ab.c=3E');
    for (const type of ['', '.', 'a.', 'a.*', '*', '>', 'x'.repeat(1_100)])
      expect(() => subjects.event(type), type).toThrow();
    for (const pattern of ['', 'a..b', '>.a', 'x'.repeat(1_100)])
      expect(() => subjects.pattern(pattern), pattern).toThrow();
  });

  it('a pattern covers the type it was made of, with any part replaced by a wildcard', () => {
    const part = fc.stringMatching(/^[a-z]{1,3}$/);
    const parts = fc.array(part, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, fc.nat(), fc.nat(), (given, star, rest) => {
        const type = given.join('.');
        const starred = given.map((each, i) => (i === star % given.length ? '*' : each)).join('.');
        const headed = [...given.slice(0, rest % given.length), '>'].join('.');
        expect([matches(type, type), matches(starred, type), matches(headed, type)]).toEqual([
          true,
          true,
          true,
        ]);
        expect(matches(`${type}.>`, type)).toBe(false);
        expect(matches(`${type}.*`, type)).toBe(false);
        expect(matches(type, `${type}.x`)).toBe(false);
      }),
    );
  });
});
