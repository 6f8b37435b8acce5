import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTroupeError } from '../../src/errors.ts';
import { createCodec } from '../../src/message/codec.ts';
import { kinds, type Envelope } from '../../src/message/envelope.ts';
import { mutate, seeded } from '../support/mutate.ts';

const codec = createCodec({ depth: 64, payload: 1_000_000, now: () => 1_000, self: 'me' });

const envelope = (event: object, more: Partial<Envelope> = {}): Envelope => ({
  kind: 'notification',
  node: 'me',
  seq: 1,
  to: 'x',
  clock: 5,
  event: { type: 'T', ...event },
  ...more,
});

const trip = (given: Envelope): Envelope => {
  const bytes = codec.encode(given);
  return codec.decode(bytes, 0, bytes.length, 'me');
};

const text = fc.string({ unit: 'grapheme' });
const key = text.filter((each) => each !== '__proto__' && each !== 'type');

/** Everything a message may hold (message/plain.ts). */
const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom<unknown>(null, undefined, true, false, 0, -0, NaN, Infinity, 2 ** 53, -(2 ** 40)),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    text,
    fc.constantFrom('\0', '\0d', '\0\0m'),
    fc.date({ noInvalidDate: true }),
    fc.uint8Array().map((bytes) => Uint8Array.from(bytes)),
    fc.array(tie('plain'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(key, fc.constantFrom('\0m', '\0d', '\0\0s')), tie('plain'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    fc.array(fc.tuple(tie('plain'), tie('plain')), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie('plain'), { maxLength: 3 }).map((items) => new Set(items)),
  ),
}));

describe('codec', () => {
  it('E2 what is encoded is decoded equal, whatever the message holds', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(trip(envelope({ value })).event).toStrictEqual({ type: 'T', value });
      }),
      { numRuns: 2_000 },
    );
  });

  it('E2 all fields of the envelope survive', () => {
    const id = fc.stringMatching(/^[a-z]{1,8}(\/[a-z0-9]{1,4})?(@[a-z]{1,5})?$/);
    const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
    const header = fc.record({
      kind: fc.constantFrom(...kinds),
      node: fc.constantFrom('me', 'another'),
      seq: fc.maxSafeNat(),
      to: id,
      from: maybe(id),
      cause: maybe(id),
      correlation: maybe(id),
      clock: fc.maxSafeNat(),
      deadline: maybe(fc.integer({ min: 1_000, max: 100_000 })),
      trace: maybe(fc.stringMatching(/^[0-9a-f-]{0,55}$/)),
    });
    fc.assert(
      fc.property(header, (more) => {
        expect(trip(envelope({}, more))).toMatchObject({ ...more, event: { type: 'T' } });
      }),
      { numRuns: 1_000 },
    );
  });

  it('E2 holds at the deepest nesting allowed, whatever the nesting is of', () => {
    const wraps: readonly ((inner: unknown) => unknown)[] = [
      (inner) => [inner],
      (inner) => ({ inner }),
      (inner) => new Set([inner]),
      (inner) => new Map([['k', inner]]),
      (inner) => new Map([[inner, 1]]),
    ];
    for (const wrap of wraps) {
      let value: unknown = 1;
      for (let depth = 0; depth < 64; depth++) value = wrap(value);
      expect(trip(envelope({ value })).event).toStrictEqual({ type: 'T', value });
      expect(() => codec.encode(envelope({ value: wrap(value) }))).toThrow('nesting that is too deep');
    }
  });

  it('refuses more than the limit, and names event, address and size', () => {
    const small = createCodec({ depth: 8, payload: 100, now: () => 0, self: 'me' });
    expect(() => small.encode(envelope({ data: 'x'.repeat(200) }, { to: 'far' }))).toThrow(
      /^The event "T" to "far" takes 2\d\d bytes, the limit is 100 \(limits\.payload\)/,
    );
  });

  it('a deadline travels as the time left, and is never longer than it was', () => {
    const late = createCodec({ depth: 8, payload: 1_000, now: () => 50_000, self: 'there' });
    const bytes = codec.encode(envelope({}, { deadline: 1_250 }));
    expect(late.decode(bytes, 0, bytes.length, 'me').deadline).toBe(50_250);
    const over = codec.encode(envelope({}, { deadline: 1 }));
    expect(late.decode(over, 0, over.length, 'me').deadline).toBe(50_000);
  });

  it('E1 20 000 mutated messages: an envelope or a typed refusal, never anything else', () => {
    const seed = Date.now() % 2 ** 31;
    const random = seeded(seed);
    const special = {
      at: new Date(0),
      map: new Map([[1n, new Set([-0])]]),
      bytes: new Uint8Array(3),
      no: undefined,
    };
    const corpus = [
      codec.encode(envelope({ by: 1, list: [1, 'two', { three: 3 }] })),
      codec.encode(envelope(special, { kind: 'request', from: 'a/b@n', deadline: 2_000, cause: 'n.1' })),
      codec.encode(envelope({}, { node: 'another', trace: '00-11-22-01' })),
    ];
    const codes = { MALFORMED_MESSAGE: 0 } as Record<string, number>;
    for (let i = 0; i < 20_000; i++) {
      const bytes = mutate(corpus, random);
      try {
        const { kind, to, event } = codec.decode(bytes, 0, bytes.length, 'me');
        expect([kinds.includes(kind), typeof to, typeof event.type], `seed ${seed}`).toEqual([
          true,
          'string',
          'string',
        ]);
      } catch (error) {
        if (!isTroupeError(error)) throw new Error(`seed ${seed}, message ${i}`, { cause: error });
        codes[error.code] = (codes[error.code] ?? 0) + 1;
      }
    }
    expect(Object.keys(codes)).toEqual(['MALFORMED_MESSAGE']);
    expect(codes['MALFORMED_MESSAGE']).toBeGreaterThan(5_000);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });
});
