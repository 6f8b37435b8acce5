import { describe, expect, it } from 'vitest';
import { toWire } from '../../src/inspector/server/wire.ts';
import { isEntry } from '../../src/monitoring/entries.ts';
import { decodeRecording, encodeLine, recordable, type Line } from '../../src/monitoring/recording.ts';
import { Values } from '../../src/monitoring/values.ts';

const told = (value: unknown): unknown => new Values({ bytes: 10_000 }).part('m', 'context', value);

interface Link {
  before?: Link;
  after?: Link;
}

/** Each holds the one before and the one after. */
function chain(length: number): Link {
  const first: Link = {};
  let last = first;
  for (let at = 1; at < length; at += 1) {
    const next: Link = { before: last };
    last.after = next;
    last = next;
  }
  return first;
}

/** Two ways lead from each level to the next: 2^levels in all. */
const ways = (levels: number): object =>
  Array.from({ length: levels }).reduce<object>((inner) => ({ left: inner, right: inner }), {});

const line = (context: unknown): Line => ({
  kind: 'step',
  step: 1,
  action: { kind: 'deliver', sent: { from: 'a', to: 'b', event: { type: 'GO' } } },
  sent: [{ from: 'b', to: 'a', event: { type: 'DONE' } }],
  emitted: [],
  snapshots: { b: { status: 'active', value: 'on', context } },
  time: 5,
  node: 'n',
});

describe('a value that holds itself', () => {
  it.each([
    ['as a line of a recording', recordable],
    ['on its way to a page', toWire],
    ['as it is told by a node', told],
  ])('is told %s in as much time as there is to tell', { timeout: 20_000 }, (_where, tell) => {
    const since = process.cpuUsage();
    expect(JSON.stringify(tell(chain(1_000)))).toContain('(circular)');
    expect(JSON.stringify(tell(ways(40))).length).toBeGreaterThan(1_000);
    const { user } = process.cpuUsage(since);
    expect(user / 1_000).toBeLessThan(10_000);
  });

  it('may be told twice where it is there twice', () => {
    const twin = { a: 1 };
    expect(recordable([twin, twin])).toEqual([twin, twin]);
  });
});

describe('a line of a recording that would be too long', () => {
  it('stays a line, with its values cut', () => {
    const header = encodeLine({ kind: 'recording', v: 1, source: 'live', system: 's' });
    const whole = decodeRecording(header + encodeLine(line('x'.repeat(1_000_000)))).lines[0]!;
    expect((whole.snapshots['b']!.context as string).length).toBe(1_000_000);
    for (const context of ['x'.repeat(50_000_000), ways(40)]) {
      const text = encodeLine(line(context));
      expect(text.length).toBeLessThan(5_000_000);
      const { entries, unread } = decodeRecording(header + text);
      expect(unread).toEqual([]);
      expect(entries[0]).toMatchObject({ step: 1, time: 5, node: 'n', snapshots: { b: { value: 'on' } } });
      expect(isEntry(entries[0])).toBe(true);
    }
  });
});

describe('a value that cannot be read', () => {
  const throwing = {
    get boom(): never {
      throw new Error('own getter');
    },
    fine: 1,
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const named = (name: unknown): Error => Object.assign(new Error('m'), { name });

  it.each([
    ['a getter', throwing, { boom: '(unreadable: own getter)', fine: 1 }],
    ['a proxy', revoked.proxy, expect.stringContaining('(unreadable: ')],
    ['something like a date', Object.create(Date.prototype), expect.stringContaining('(unreadable: ')],
    ['something like a map', Object.create(Map.prototype), expect.stringContaining('(unreadable: ')],
    ['an error without a name', named(undefined), { name: '', message: 'm' }],
    ['an error with an odd name', named(Symbol('s')), { name: '', message: 'm' }],
  ])('is said to be so, and spoils nothing else: %s', (_what, value: unknown, expected: unknown) => {
    for (const tell of [told, recordable, (all: unknown) => JSON.parse(toWire(all)) as unknown])
      expect(tell({ before: 1, value, after: 2 })).toEqual({ before: 1, value: expected, after: 2 });
  });

  it('may be a key that has no text', () => {
    const values = new Values({ redact: { m: ['context.map.x'] }, bytes: 1_000 });
    const map = new Map<unknown, unknown>([
      [Object.create(null), 1],
      ['x', 2],
    ]);
    expect(values.part('m', 'context', { map })).toEqual({
      map: {
        '\0m': [
          [{}, 1],
          ['x', '(redacted)'],
        ],
      },
    });
  });
});

describe('a field that would fill all there is', () => {
  it('leaves room for those after it', () => {
    const values = new Values({ bytes: 2_000 });
    const context = { blob: 'x'.repeat(3_000_000), n: 7, inner: { list: [1, 2] }, bad: false };
    const told = values.part('m', 'context', context) as typeof context;
    expect(told).toEqual({
      ...context,
      blob: expect.stringMatching(/^x{1000,2000}… \(\d+ more characters\)$/) as string,
    });
    expect(JSON.stringify(told).length).toBeLessThan(2_200);
  });
});
