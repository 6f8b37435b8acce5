import { tell } from 'troupe';
import {
  defineSystem,
  eventually,
  explore,
  toSteps,
  type PropertyVerdict,
  type System,
} from 'troupe/testing';
import { assign, setup } from 'xstate';
import { describe, expect, it } from 'vitest';

type Ball = { type: 'BALL' } | { type: 'GO' } | { type: 'OTHER' };

/** Sends back whatever ball it gets, for ever; where asked to, it may also end. */
const player = setup({
  types: {
    events: {} as Ball,
    context: {} as { peer: string; serves: boolean },
    input: {} as { peer: string; serves: boolean },
  },
}).createMachine({
  context: ({ input }) => input,
  initial: 'playing',
  entry: tell(({ context }) => (context.serves ? context.peer : undefined), { type: 'BALL' }),
  states: {
    playing: {
      on: { BALL: { actions: tell(({ context }) => context.peer, { type: 'BALL' }) }, GO: 'gone' },
    },
    gone: {},
  },
});

/** Two players, one of whom may leave. */
const rally = (choices: readonly Ball[], goal: (s: { value: unknown }) => boolean): System =>
  defineSystem({
    name: 'rally',
    actors: {
      one: { logic: player, input: { peer: 'two', serves: true }, choices },
      two: { logic: player, input: { peer: 'one', serves: false } },
    },
    properties: [eventually('goal', ({ actors }) => goal(actors['one']!))],
  });

const verdictOf = (system: System): PropertyVerdict =>
  explore(system).properties.find(({ name }) => name === 'goal')!;

describe('eventually', () => {
  it('fails where a run can go round for ever: the cycle is shown', () => {
    const { holds, trace, steps } = verdictOf(rally([], ({ value }) => value === 'gone'));
    expect([holds, steps, trace?.loop]).toEqual([false, 2, 0]);
    expect(toSteps(trace!)).toContain('from here it can go on for ever');
    expect(trace?.steps.map(({ action }) => action.kind)).toEqual(['deliver', 'deliver']);
  });

  it('holds where going round for ever would put off what stays possible (weak fairness)', () => {
    expect(verdictOf(rally([{ type: 'GO' }], ({ value }) => value === 'gone'))).toMatchObject({
      holds: true,
    });
  });

  it('fails by a run that ends', () => {
    const { holds, steps, trace } = verdictOf(rally([{ type: 'GO' }], ({ value }) => value === 'elsewhere'));
    expect([holds, trace?.loop]).toEqual([false, undefined]);
    expect(steps).toBe(3); // GO, and the ball there and back to nobody
  });
});

/** A light that goes on and off by itself; only while it is on it can be stopped. */
const light = setup({ types: { events: {} as { type: 'STOP' } } }).createMachine({
  initial: 'off',
  states: {
    off: { after: { 10: 'on' } },
    on: { after: { 10: 'off' }, on: { STOP: 'stopped' } },
    stopped: {},
  },
});

const lamp = (fairness: 'weak' | 'strong'): System =>
  defineSystem({
    name: 'lamp',
    actors: { lamp: { logic: light, choices: [{ type: 'STOP' }] } },
    properties: [eventually('goal', ({ actors }) => actors['lamp']!.value === 'stopped', { fairness })],
  });

describe('fairness', () => {
  it('weak: what is possible only now and then may be put off for ever', () => {
    const { holds, steps, trace } = verdictOf(lamp('weak'));
    expect([holds, steps, trace?.loop]).toEqual([false, 2, 0]);
    expect(trace?.steps.map(({ action }) => action.kind)).toEqual(['timeout', 'timeout']);
  });

  it('strong: what is possible again and again is done', () => {
    expect(verdictOf(lamp('strong')).holds).toBe(true);
  });

  it('a cycle does all that stays possible in it', () => {
    const clock = setup({ types: { context: {} as { n: number } } }).createMachine({
      context: { n: 0 },
      initial: 'a',
      states: {
        a: {
          after: {
            1: { target: 'a', reenter: true, actions: assign({ n: ({ context }) => (context.n + 1) % 3 }) },
          },
        },
      },
    });
    const clocks = defineSystem({
      name: 'clocks',
      actors: { one: { logic: clock }, two: { logic: clock } },
      properties: [eventually('goal', () => false)],
    });
    const { holds, trace } = verdictOf(clocks);
    const cycle = trace!.steps
      .slice(trace!.loop)
      .map(({ action }) => ('actor' in action ? action.actor : ''));
    expect(holds).toBe(false);
    expect(new Set(cycle)).toEqual(new Set(['one', 'two']));
    expect(cycle).toHaveLength(6);
  });

  it('faults are never owed: a message need not be lost', () => {
    const lossy = { ...rally([], ({ value }) => value === 'gone'), faults: { lose: Infinity } };
    const { holds, trace } = verdictOf(lossy);
    expect(holds).toBe(false);
    expect(trace!.steps.map(({ action }) => action.kind)).toEqual(['lose']);
  });
});
