import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostPending, other, Pair, sides, type Side } from './support/channel-pair.ts';

type Step =
  | { readonly do: 'send'; readonly side: Side; readonly count: number }
  | { readonly do: 'arrive' | 'duplicate' | 'drop'; readonly side: Side; readonly index: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'connect'; readonly side: Side; readonly connected: boolean }
  | { readonly do: 'forget'; readonly side: Side };

const side = fc.constantFrom(...sides);
const index = fc.nat({ max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('send' as const), side, count: fc.integer({ min: 1, max: 9 }) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('arrive' as const), side, index }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('duplicate' as const, 'drop' as const), side, index }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 15, 120, 900) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('connect' as const), side, connected: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forget' as const), side }) },
);

function take(pair: Pair, each: Step): void {
  switch (each.do) {
    case 'send':
      return pair.send(each.side, each.count);
    case 'arrive':
      return pair.arrive(each.side, each.index);
    case 'duplicate':
      return pair.arrive(each.side, each.index, true);
    case 'drop':
      return pair.drop(each.side, each.index);
    case 'wait':
      return pair.clock.advance(each.ms);
    case 'connect':
      return pair.connect(each.side, each.connected);
    case 'forget':
      return pair.forget(each.side);
  }
}

const run = (steps: readonly Step[]): Pair => {
  const pair = new Pair();
  for (const each of steps) {
    take(pair, each);
    pair.clock.settle();
    for (const from of sides) expect(pair.pending(from), 'K3').toBeLessThanOrEqual(mostPending);
  }
  pair.heal();
  return pair;
};

const ascending = (ids: readonly number[]): boolean => ids.every((id, i) => i === 0 || id > ids[i - 1]!);

function holds(pair: Pair, from: Side): void {
  const { sent, lost, lostAgain } = pair.seen(from);
  const { delivered } = pair.seen(other(from));
  expect(ascending(delivered), `K1: ${delivered.join()}`).toBe(true);
  expect(lostAgain, 'K2: reported once').toEqual([]);
  expect(pair.pending(from), 'K2: all settled once the network is sound').toBe(0);
  const arrived = new Set(delivered);
  const ids = Array.from({ length: sent }, (_, i) => i + 1);
  expect(
    ids.filter((id) => !arrived.has(id) && !lost.has(id)),
    'K2: acknowledged without having arrived',
  ).toEqual([]);
  const refused = ids.filter((id) => lost.get(id) === 'outbox-full');
  expect(
    refused.filter((id) => arrived.has(id)),
    'K2: refused, and yet arrived',
  ).toEqual([]);
}

describe('channel: for every schedule of loss, duplication, reordering, delay, disconnects and forgetting', () => {
  it('K1 K2 K3: each envelope arrives at most once, in order, or is reported lost once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const pair = run(steps);
        for (const from of sides) holds(pair, from);
      }),
      { numRuns: 2_000 },
    );
  });

  it('K2: without forgetting and within the bounds nothing is lost, whatever the wire does', () => {
    const gentle = step.filter((each) => each.do !== 'forget' && each.do !== 'send');
    const one = fc.record({ do: fc.constant('send' as const), side, count: fc.constant(1) });
    const mixed = fc.array(fc.oneof({ weight: 3, arbitrary: gentle }, { weight: 1, arbitrary: one }), {
      maxLength: 60,
    });
    const countable = mixed.filter((steps) => steps.filter((each) => each.do === 'send').length <= 12);
    fc.assert(
      fc.property(countable, (steps) => {
        const pair = run(steps);
        for (const from of sides) {
          const { sent, lost } = pair.seen(from);
          expect(lost.size).toBe(0);
          expect(pair.seen(other(from)).delivered).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('channel', () => {
  it('K3: what waits beyond the outbox is refused at once with its reason', () => {
    const pair = new Pair();
    pair.connect('a', false);
    pair.send('a', 15);
    pair.clock.settle();
    expect([...pair.seen('a').lost]).toEqual([
      [13, 'outbox-full'],
      [14, 'outbox-full'],
      [15, 'outbox-full'],
    ]);
    pair.heal();
    expect(pair.seen('b').delivered).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });

  it('K4: the one who was forgotten begins anew, and knows what is uncertain', () => {
    const pair = new Pair();
    pair.send('a', 2);
    pair.clock.settle();
    pair.arrive('b', 0);
    pair.clock.settle();
    pair.forget('b');
    pair.wire.a.length = 0;
    pair.send('a', 1);
    pair.heal();
    expect(pair.seen('b').delivered).toEqual([1, 2]);
    expect([...pair.seen('a').lost]).toEqual([
      [1, 'node-forgot-us'],
      [2, 'node-forgot-us'],
      [3, 'node-forgot-us'],
    ]);
    pair.send('a', 1);
    pair.heal();
    expect(pair.seen('b').delivered).toEqual([1, 2, 4]);
  });

  it('a lost window costs one timeout, not one for every window that follows', () => {
    const pair = new Pair();
    pair.send('a', 12);
    pair.clock.settle();
    pair.send('a', 8);
    pair.clock.settle();
    pair.wire.b.length = 0;
    const began = pair.clock.now();
    pair.heal(() => pair.seen('b').delivered.length === 20);
    expect(pair.seen('b').delivered).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    // The timeout, and a few acknowledgements that wait for company.
    expect(pair.clock.now() - began).toBeLessThan(2 * 100);
  });

  it('leaves no timer behind once everything is acknowledged', () => {
    const pair = new Pair();
    pair.send('a', 5);
    pair.heal();
    expect(pair.clock.pending).toBe(0);
    expect(pair.seen('b').delivered).toEqual([1, 2, 3, 4, 5]);
  });
});
