import { assign, createMachine, raise } from 'xstate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyOf, stateKey } from '../../src/kernel/key.ts';
import type { ActorState } from '../../src/kernel/state.ts';
import { start, step } from '../../src/kernel/step.ts';
import { build } from '../machines/support/build-chart.ts';
import { Draw } from '../machines/support/draw.ts';
import { eventTypes, randomChart } from '../machines/support/random-chart.ts';
import { decide, observed, stimuli, within } from '../machines/support/stepped.ts';
import type { Stimulus } from '../machines/support/observed.ts';

class Point {
  readonly x: number;
  constructor(x: number) {
    this.x = x;
  }
}

const f = (): number => 1;
const g = (): number => 1;

describe('keyOf', () => {
  it('tells apart all that a chart can', () => {
    const values: unknown[] = [
      undefined, null, true, false, 0, -0, 1, NaN, Infinity, 1n, '', '1', 'true', 'U', [], [undefined], [[]], {},
      { a: undefined }, { a: 1 }, { b: 1 }, { a: '1' }, { a: { b: 1 } }, new Map(), new Map([[1, 2]]), new Map([['1', 2]]),
      new Set(), new Set([1]), new Set(['1']), new Date(0), new Date(1), new Error('a'), new Error('b'), new TypeError('a'),
      new Error('a', { cause: 1 }), Object.assign(new Error('a'), { code: 'X' }), new Uint8Array([1]), new Int8Array([1]),
      new Uint8Array([1, 0]), /a/, /a/g, new Point(1), new Point(2), { x: 1 }, new URL('nats://a'), new URL('nats://b'), f, g,
      Symbol.for('a'), Symbol.for('b'), ['a,b'], ['a', 'b'], { 'a:1,b': 2 }, { a: 1, b: 2 }, new WeakMap(), new WeakMap(),
    ]; // prettier-ignore
    expect(new Set(values.map(keyOf)).size).toBe(values.length);
  });

  it('tells apart nothing else', () => {
    expect(keyOf({ a: 1, b: 2 })).toBe(keyOf({ b: 2, a: 1 }));
    expect(keyOf(new Set([1, 2]))).toBe(keyOf(new Set([2, 1])));
    expect(keyOf(new Map([[1, {}], [2, {}]]))).toBe(keyOf(new Map([[2, {}], [1, {}]]))); // prettier-ignore
    expect(keyOf(new Point(1))).toBe(keyOf(new Point(1)));
    expect(keyOf(new URL('nats://a'))).toBe(keyOf(new URL('nats://a')));
    expect(keyOf(Object.assign(Object.create(null), { a: 1 }))).toBe(keyOf({ a: 1 }));
    expect(keyOf(f)).toBe(keyOf(f));
  });

  it('is the same for two values of JSON exactly when they are equal', () => {
    const pair = fc.tuple(fc.jsonValue(), fc.jsonValue());
    fc.assert(
      fc.property(pair, ([one, other]) => {
        expect(keyOf(one)).toBe(keyOf(structuredClone(one)));
        expect(keyOf(one) === keyOf(other)).toBe(isSame(one, other));
      }),
    );
  });

  it('refuses a value that contains itself', () => {
    const value: { self?: unknown } = {};
    value.self = value;
    expect(() => keyOf(value)).toThrow(expect.objectContaining({ code: 'UNSERIALIZABLE' }));
  });
});

const isSame = (one: unknown, other: unknown): boolean => {
  try {
    expect(one).toStrictEqual(other);
    return true;
  } catch {
    return false;
  }
};

/** All states reached by these events, by their key. */
function reached(first: ActorState, types: readonly string[]): Map<string, ActorState> {
  const found = new Map([[stateKey(first), first]]);
  for (const state of found.values())
    for (const type of types) {
      const [next] = step(state, { type });
      if (!found.has(stateKey(next))) found.set(stateKey(next), next);
    }
  return found;
}

describe('stateKey', () => {
  it('has the history of a chart in it', () => {
    const toggle = createMachine({
      initial: 'off',
      states: {
        off: { on: { POWER: 'on.back' } },
        on: {
          initial: 'dim',
          on: { POWER: 'off' },
          states: { dim: { on: { MORE: 'bright' } }, bright: {}, back: { type: 'history' } },
        },
      },
    });
    const states = [...reached(start(toggle)[0], ['POWER', 'MORE']).values()];
    // Off after nothing, dim or bright; dim after nothing or dim; bright after any of them.
    const seen = states.map(({ snapshot }) => JSON.stringify(snapshot.value));
    expect(new Set(seen).size).toBe(3);
    expect(states.length).toBe(8);
  });

  it('has timers and children in it', () => {
    const chart = createMachine({
      on: { SET: { actions: raise({ type: 'RING' }, { id: 'a', delay: 5 }) } },
      context: { n: 0 },
    });
    const [state] = start(chart);
    expect(stateKey(step(state, { type: 'SET' })[0])).not.toBe(stateKey(state));
    const child = createMachine({
      on: { ADD: { actions: assign({}) } },
      initial: 'a',
      states: { a: { on: { GO: 'b' } }, b: {} },
    });
    const parent = createMachine({ invoke: { src: 'child', id: 'c' } }, { actors: { child } });
    const [family] = start(parent);
    expect(stateKey(step(family, { type: 'GO' }, ['c'])[0])).not.toBe(stateKey(family));
  });

  it('has in it whose eventless transitions come first', () => {
    const region = (name: string) => ({
      initial: 'a',
      states: {
        a: {
          on: { [name]: 'b' },
          always: {
            guard: ({ context }: { context: { on: boolean } }) => context.on,
            target: 'c',
            actions: name,
          },
        },
        b: { on: { [name]: 'a' } },
        c: {},
      },
    });
    const chart = createMachine({
      type: 'parallel',
      context: { on: false },
      states: { X: region('X'), Y: region('Y') },
      on: { ON: { actions: assign({ on: true }) } },
    } as never);
    const [first] = start(chart);
    const [turned] = step(step(first, { type: 'X' })[0], { type: 'X' });
    expect(turned.snapshot.value).toEqual(first.snapshot.value);
    const actions = (state: ActorState) =>
      step(state, { type: 'ON' })[1].map(({ deed }) => 'type' in deed && deed.type);
    expect([actions(first), actions(turned)]).toEqual([
      ['X', 'Y'],
      ['Y', 'X'],
    ]);
    expect(stateKey(turned)).not.toBe(stateKey(first));
  });

  it('is sound: states of random charts that share a key decide the same', () => {
    let shared = 0;
    for (let seed = 1; seed <= 25; seed += 1) {
      const [first] = start(build(randomChart(new Draw(seed)), () => undefined) as never, 1);
      shared += explore(first, new Draw(seed));
    }
    expect(shared).toBeGreaterThan(100);
  }, 60_000);
});

/** A walk at random; where a key comes again with another state, both must decide alike. @returns how often it did */
function explore(first: ActorState, draw: Draw): number {
  const known = new Map([[stateKey(first), first]]);
  let shared = 0;
  for (let at = 0; at < 60; at += 1) {
    const stimulus = draw.of(everything(draw.of([...known.values()])));
    const [next, , taken] = decide(draw.of([...known.values()]), stimulus);
    // It goes round until it is stopped: that takes long, and says no more than the others.
    if (taken.length > 300) return shared;
    const key = stateKey(next);
    const former = known.get(key);
    known.set(key, next);
    if (former === undefined || former === next) continue;
    shared += 1;
    for (let each = 0; each < 4; each += 1) {
      const then = draw.of(everything(former));
      expect([then, outcome(next, then)]).toEqual([then, outcome(former, then)]);
    }
  }
  return shared;
}

const outcome = (state: ActorState, stimulus: Stimulus): unknown => {
  const decision = decide(state, stimulus);
  const { effects, taken } = observed(decision);
  return [stateKey(decision[0]), effects, taken];
};

const everything = (state: ActorState): Stimulus[] => [
  ...stimuli(state),
  ...within(state, []).flatMap(({ path }) =>
    eventTypes.map((type): Stimulus => ({ kind: 'send', path, event: { type, hops: 2 } as never })),
  ),
];
