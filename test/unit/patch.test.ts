import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, diff, type Patch } from '../../src/durable/patch.ts';
import { decodeRecord, encodeRecord } from '../../src/durable/record.ts';
import { codeOf } from '../support/code-of.ts';

const stored = (value: unknown): unknown => decodeRecord(encodeRecord(value, true));
const size = (patch: unknown): number => encodeRecord(patch, true).length - encodeRecord([], true).length;

/** Text of a value that tells apart all that plain data can hold, and the order of entries. */
function text(value: unknown): string {
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'bigint') return `${value}n`;
  if (Array.isArray(value)) return `[${value.map(text).join()}]`;
  if (value instanceof Map) return `Map${text([...value])}`;
  if (value instanceof Set) return `Set${text([...value])}`;
  if (value instanceof Date) return `Date${value.getTime()}`;
  if (value instanceof Uint8Array) return `Bytes${[...value].join()}`;
  if (typeof value === 'object' && value !== null) return `{${text(Object.entries(value))}}`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'c', 'd', '0', '7', '12', '\0m', ''),
  fc.string({ unit: 'grapheme', maxLength: 3 }).filter((each) => each !== '__proto__'),
);

const leaf = fc.oneof(
  fc.integer({ min: 0, max: 3 }),
  fc.double(),
  fc.constantFrom(-0, null, undefined, true, false, NaN),
  name,
  fc.bigInt({ min: -5n, max: 5n }),
  fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(3) }),
  fc.uint8Array({ maxLength: 3 }),
);

const { value: plain } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc
      .uniqueArray(fc.tuple(name, tie('value')), { selector: ([key]) => key, maxLength: 5 })
      .map(Object.fromEntries),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 5 }).map((all) => new Map(all)),
    fc.array(tie('value'), { maxLength: 5 }).map((all) => new Set(all)),
  ),
}));

/** The value with some of its parts left out, replaced, moved, added or changed within; the rest is shared. */
function changed(value: unknown, draw: fc.GeneratorValue): unknown {
  const below = (bound: number): number => draw(fc.nat, { max: bound - 1 });
  const list = <T>(all: readonly T[], change: (item: T) => T, make: () => T): T[] => {
    const next = [...all];
    for (let times = below(4); times > 0; times -= 1) {
      const at = below(next.length + 1);
      const what = below(5);
      if (what === 0) next.splice(at, 0, make());
      else if (what === 1) next.splice(at, 1 + below(2));
      else if (what === 2 && at < next.length) next.splice(below(next.length), 0, ...next.splice(at, 1));
      else if (at < next.length) next[at] = change(next[at] as T);
    }
    return next;
  };
  const other = (): unknown => draw(() => plain);
  const within = (part: unknown): unknown => (below(4) === 0 ? other() : changed(part, draw));
  const entry = ([key, part]: [unknown, unknown]): [unknown, unknown] => [key, within(part)];
  const made = (): [unknown, unknown] => [draw(() => name), other()];
  if (Array.isArray(value)) return list(value, within, other);
  if (value instanceof Set) return new Set(list([...(value as Set<unknown>)], within, other));
  if (value instanceof Map) return new Map(list([...(value as Map<unknown, unknown>)], entry, made));
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
    return other();
  return Object.fromEntries(list(Object.entries(value), entry as never, made as never));
}

const check = (before: unknown, after: unknown): void => {
  const frozen = text(before);
  const patch = diff(before, after);
  // Not the other way round: keys of a map that are objects are the same only when they are one object.
  if (patch === undefined) expect(frozen).toBe(text(after));
  expect(text(apply(before, patch))).toBe(text(after));
  expect(text(apply(stored(before), stored(patch) as Patch))).toBe(text(after));
  expect(text(before)).toBe(frozen);
};

describe('a patch', () => {
  it('turns any value into any other, also when both were stored', () => {
    fc.assert(fc.property(plain, plain, check), { numRuns: 1_000 });
  });

  it('turns a value into one that shares parts with it', () => {
    fc.assert(
      fc.property(plain, fc.gen(), (before, draw) => {
        let value: unknown = before;
        for (let steps = 0; steps < 3; steps += 1) {
          const next = changed(value, draw);
          check(value, next);
          value = next;
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is none for the same data', () => {
    const make = () => ({
      a: [1n, new Date(5)],
      b: new Map([['k', new Set([NaN])]]),
      c: new Uint8Array([1]),
    });
    expect(diff(make(), make())).toBeUndefined();
    expect(diff(0, -0)).toEqual([0, -0]);
    expect(diff({ a: undefined }, {})).toEqual([2, -1]);
    const turned = diff({ a: 1, b: 2 }, { b: 2, a: 1 });
    expect(Object.keys(apply({ a: 1, b: 2 }, turned) as object)).toEqual(['b', 'a']);
  });

  it('shares what did not change', () => {
    const before = { big: [{ id: 1 }, { id: 2 }], other: { deep: new Map([['k', { v: 1 }]]) }, n: 0 };
    const after = { ...before, big: [before.big[0], { id: 3 }], n: 1 };
    const again = apply(before, diff(before, after)) as typeof before;
    expect(again).toEqual(after);
    expect(again.other).toBe(before.other);
    expect(again.big[0]).toBe(before.big[0]);
  });

  it('does not look into what is the same object', () => {
    const trap = new Proxy(
      {},
      { ownKeys: () => expect.fail('looked into'), get: () => expect.fail('looked into') },
    );
    expect(diff({ trap, n: 1 }, { trap, n: 2 })).toEqual([2, 1, [0, 2]]);
  });

  it('stays small where little changes in much', () => {
    const items = Array.from({ length: 1_000 }, (_none, at) => ({ id: `item ${at}`, state: 'waiting' }));
    const byId = Object.fromEntries(items.map((item) => [item.id, item]));
    const one = { ...items[500]!, state: 'done' };
    const small: readonly (readonly [unknown, unknown])[] = [
      [items, items.with(500, one)],
      [items, items.slice(1)],
      [items, [...items.slice(1), { id: 'x', state: 'new' }]],
      [items, items.toSpliced(300, 200)],
      [items, items.toSpliced(300, 0, one)],
      [byId, { ...byId, [one.id]: one }],
      [new Map(Object.entries(byId)), new Map(Object.entries({ ...byId, [one.id]: one }))],
      [new Set(items), new Set(items.filter(({ id }) => id !== 'item 7'))],
      [items.map(({ id }) => id), [...items.map(({ id }) => id).slice(1), 'last']],
      [
        { items, n: 1 },
        { items: items.slice(0, -1), n: 2 },
      ],
    ];
    for (const [before, after] of small) expect(size(diff(before, after))).toBeLessThan(45);
  });

  it('takes time in proportion to the lists, whatever moves', () => {
    const items = Array.from({ length: 100_000 }, (_none, at) => ({ at }));
    for (const after of [
      items.toReversed(),
      items.filter(({ at }) => at % 2 === 0),
      items.map((item) => ({ ...item })),
    ])
      expect(apply(items, diff(items, after))).toEqual(after);
  });

  it('is refused by a value that it does not fit', async () => {
    const patches: readonly Patch[] = [
      [1, 5, [0, 1]],
      [1, -5],
      [1, 1, [0, 2]],
      [2, [0, 1]],
      [3, 1],
      [4, -9],
    ];
    for (const patch of patches)
      expect(await codeOf(() => apply([1], patch)), JSON.stringify(patch)).toBe('CORRUPTED');
  });
});
