import { TroupeError } from 'troupe';
import { describe, expect, it } from 'vitest';
import { unpack } from '../../src/message/special.ts';
import { Values } from '../../src/monitoring/values.ts';

const SECRET = 'sEcReT';
const told = (value: unknown): string => JSON.stringify(value);

describe('redaction', () => {
  const values = new Values({
    redact: {
      order: ['context.card.number', 'context.*.pin', 'context.items.price', 'output.token', 'error'],
      '*': ['context.password', 'event.password', 'input.key'],
    },
    bytes: 16_384,
  });

  it('hides what a path names, wherever it goes through', () => {
    const context = {
      card: { number: SECRET, brand: 'visa', pin: SECRET },
      items: [
        { price: SECRET, name: 'a' },
        { price: SECRET, name: 'b' },
      ],
      password: SECRET,
      byId: new Map([['x', { pin: SECRET }]]),
    };
    const snapshot = values.snapshot('order', {
      status: 'done',
      value: 'paid',
      context,
      output: { token: SECRET },
      error: new Error(SECRET),
    });
    expect(told(snapshot)).not.toContain(SECRET);
    expect(snapshot.context).toMatchObject({
      card: { brand: 'visa', number: '(redacted)' },
      items: [{ name: 'a' }, { name: 'b' }],
    });
  });

  it('holds for one kind only, and `*` for all', () => {
    const { context } = values.snapshot('shop', {
      status: 'active',
      context: { card: { number: 1 }, password: 2 },
    });
    expect(context).toEqual({ card: { number: 1 }, password: '(redacted)' });
  });

  it('hides parts of events, whoever they are for, and of what is done with', () => {
    expect(told(values.event({ type: 'LOGIN', password: SECRET } as never))).not.toContain(SECRET);
    const done = { type: 'xstate.done.actor.pay', output: { token: SECRET } } as never;
    expect(told(values.event(done))).not.toContain(SECRET);
    const settled = { kind: 'settle', actor: 'order', outcome: { output: { token: SECRET } } };
    expect(told(values.happening('shop', settled))).not.toContain(SECRET);
    expect(told(values.happening('any', { kind: 'start', input: { key: SECRET } }))).not.toContain(SECRET);
  });

  it('never hides the type of an event', () => {
    const all = new Values({ redact: { '*': ['event'] }, bytes: 1_000 });
    expect(all.event({ type: 'LOGIN', password: SECRET } as never)).toEqual({ type: 'LOGIN' });
  });

  it('hides what errors say, which may quote what is hidden, wherever they are told', () => {
    const thrown = new TroupeError('DECLINED', `no: ${SECRET}`);
    const hidden = { name: 'TroupeError', message: '(redacted)', code: 'DECLINED' };
    expect(values.snapshot('shop', { status: 'error', error: thrown }).error).toEqual(hidden);
    expect(values.part('shop', 'context', { last: thrown })).toEqual({ last: hidden });
    expect(values.event({ type: 'xstate.error.actor.pay', error: thrown } as never)).toEqual({
      type: 'xstate.error.actor.pay',
      error: hidden,
    });
    const failed = { kind: 'settle', outcome: { error: thrown } };
    expect(values.happening('shop', failed)).toMatchObject({ outcome: { error: hidden } });
    for (const odd of [SECRET, { reason: SECRET }, { name: 'E', message: SECRET, stack: SECRET }, [SECRET]]) {
      expect(told(values.snapshot('shop', { status: 'error', error: odd }))).not.toContain(SECRET);
      expect(told(values.event({ type: 'xstate.error.actor.pay', error: odd } as never))).not.toContain(
        SECRET,
      );
    }
    const getter = {
      get it(): never {
        throw new Error(SECRET);
      },
    };
    expect(told(values.part('shop', 'context', getter))).not.toContain(SECRET);
    const open = new Values({ bytes: 1_000 });
    expect(told(open.snapshot('shop', { status: 'error', error: thrown }))).toContain(SECRET);
  });

  it('leaves out everything without payloads', () => {
    const none = new Values({ payloads: false, bytes: 1_000 });
    const snapshot = none.snapshot('order', {
      status: 'error',
      value: 'a',
      context: SECRET,
      output: SECRET,
      error: new TroupeError('X', SECRET),
    });
    expect(told(snapshot)).not.toContain(SECRET);
    expect(snapshot).toEqual({ status: 'error', value: 'a', error: { name: 'TroupeError', code: 'X' } });
    expect(none.event({ type: 'E', password: SECRET } as never)).toEqual({ type: 'E' });
  });

  it('refuses a path that hides nothing', () => {
    for (const path of ['password', 'contxt.password', 'context..a', 1, ''])
      expect(() => new Values({ redact: { order: [path as string] }, bytes: 1 })).toThrow(
        /INVALID_OPTION|inspect.redact/,
      );
    expect(() => new Values({ redact: { order: 'context.a' as never }, bytes: 1 })).toThrow(/list of paths/);
  });
});

describe('a value that is told of', () => {
  const bounded = (value: unknown, bytes = 1_000): string =>
    told(new Values({ bytes }).part('m', 'context', value));

  it('is cut where it is too large, and says so', () => {
    for (const large of [
      'x'.repeat(1e6),
      Array.from({ length: 1e5 }, (_, i) => i),
      Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => [`k${i}`, i])),
      new Map(Array.from({ length: 1e4 }, (_, i) => [i, i])),
      new Set(Array.from({ length: 1e4 }, (_, i) => `s${i}`)),
      10n ** 3_000n,
    ]) {
      const text = bounded(large);
      expect(text.length).toBeLessThan(4_000);
      expect(text).toContain('…');
      unpack(JSON.parse(text));
    }
  });

  it('is as deep as it may be, also when it holds itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(bounded(loop)).toBe('{"self":"(circular)"}');
    const deep = Array.from({ length: 100_000 }).reduce<object>((inner) => ({ inner }), {});
    expect(bounded(deep)).toContain('(too deep)');
  });

  it('keeps values that JSON does not have', () => {
    const value = { at: new Date(5), big: 5n, set: new Set([1]), map: new Map([['a', -0]]), '\0odd': 1 };
    expect(unpack(JSON.parse(bounded(value)))).toEqual(value);
  });

  it('says what cannot be told', () => {
    const value = { f: () => 1, s: Symbol('x'), bytes: new Uint8Array(3), n: NaN, e: new Error('no') };
    expect(JSON.parse(bounded(value))).toEqual({
      f: '(function f)',
      s: '(Symbol(x))',
      bytes: '(3 bytes)',
      n: '(NaN)',
      e: { name: 'Error', message: 'no' },
    });
  });

  it('is nobody’s prototype', () => {
    const value = JSON.parse('{"__proto__":{"polluted":true}}') as unknown;
    expect(bounded(value)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
