import { describe, expect, it } from 'vitest';
import { createMachine, fromPromise, raise, type AnyStateMachine } from 'xstate';
import * as machines from '../../machines/index.ts';
import { layoutChart, toChart, type Geometry } from '../../src/inspector/index.ts';
import { isMachine } from '../../src/inspector/draw/machine.ts';
import { order } from './fixtures/choices.ts';
import editor from './fixtures/history.ts';
import { long } from './fixtures/large.ts';
import odd from './fixtures/names.ts';
import player from './fixtures/parallel.ts';
import meter from './fixtures/root.ts';
import { Measured, missing } from './support/measure.ts';

const any = (config: object): AnyStateMachine => createMachine(config as Parameters<typeof createMachine>[0]);

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** A ring of states with a way back from each. */
const ring = (count: number, extra: (index: number) => object = () => ({})) => ({
  initial: 's0',
  states: Object.fromEntries(
    range(count).map((index) => [
      `s${index}`,
      { on: { NEXT: `s${(index + 1) % count}`, BACK: 's0', ...extra(index) } },
    ]),
  ),
});

/** Six regions of nine states: 61 states with the root, regions included, and 162 transitions. */
const sixty = any({
  id: 'sixty',
  type: 'parallel',
  states: Object.fromEntries(
    range(6).map((region) => [
      `region${region}`,
      ring(9, (index) => ({ ['JUMP']: `s${(index * 4 + 3) % 9}` })),
    ]),
  ),
});

/** States in states, with ways out of each and down to the innermost. */
const levels = range(8).reduceRight<object>(
  (inner, level) => ({
    initial: 'in',
    states: { in: inner, out: {} },
    on: { [`OUT_${level}`]: '.out', DEEP: '#deepest' },
  }),
  { id: 'deepest', on: { TOP: '#eight' } },
);

const corpus: Record<string, AnyStateMachine> = {
  order,
  editor,
  long,
  odd,
  player,
  meter,
  sixty,
  'a single state': any({ id: 'one' }),
  'a single state with rows': any({
    id: 'one',
    on: { PING: { actions: 'pong' } },
    entry: 'begin',
    tags: 'alone',
  }),
  'a loop at the root': any({
    id: 'root',
    on: { AGAIN: { target: '#root', reenter: true } },
    initial: 'a',
    states: { a: {} },
  }),
  'a loop at a root without states': any({ id: 'root', on: { AGAIN: { target: '#root', reenter: true } } }),
  'an empty parallel state': any({
    id: 'hollow',
    initial: 'a',
    states: { a: { type: 'parallel', states: {}, on: { GO: 'b' } }, b: {} },
  }),
  'a state that holds nothing but history': any({
    id: 'past',
    initial: 'b',
    states: {
      a: { initial: 'h', states: { h: { type: 'history', target: '#past.b' } } },
      b: { on: { GO: 'a.h' } },
    },
  }),
  'a parallel root': any({
    id: 'both',
    type: 'parallel',
    states: { left: ring(3), right: ring(3), alone: {} },
  }),
  'deep history': any({
    id: 'deep',
    initial: 'on',
    states: {
      on: {
        initial: 'a',
        states: {
          a: { initial: 'x', states: { x: { on: { Y: 'y' } }, y: {} } },
          past: { type: 'history', history: 'deep' },
        },
        on: { OFF: 'off' },
      },
      off: { on: { ON: 'on.past' } },
    },
  }),
  raise: any({
    id: 'raise',
    initial: 'a',
    states: { a: { entry: raise({ type: 'GO' }), on: { GO: 'b' } }, b: { always: 'a' } },
  }),
  'a way from a child to its ancestors': any({
    id: 'up',
    initial: 'a',
    states: {
      a: {
        initial: 'b',
        states: {
          b: {
            initial: 'c',
            states: { c: { on: { ONE: '#up.a.b', TWO: '#up.a', THREE: '#up' } }, d: { on: { UP: '#up.a' } } },
            on: { SELF: { target: '#up.a.b', reenter: true }, DOWN: '.d' },
          },
        },
      },
    },
  }),
  'long labels': any({
    id: 'machine with a name that does not end '.repeat(6),
    initial: 'a',
    states: {
      a: {
        description: 'It says '.repeat(200),
        tags: range(20).map((index) => `tag${index}`),
        entry: range(30).map((index) => `doSomethingWithALongName${index}`),
        on: {
          ['EVENT_'.repeat(60)]: {
            target: 'b',
            guard: 'isAllowed'.repeat(20),
            actions: ['act'.repeat(50), 'then'],
          },
          short: { target: 'b', actions: range(40).map((index) => `action${index}`) },
        },
      },
      ['b'.repeat(300)]: {},
      b: { type: 'final', output: { a: 'x'.repeat(500) } },
    },
  }),
  'other scripts, emoji and markup': any({
    id: '<script>alert(1)</script>',
    initial: '支付',
    states: {
      支付: {
        on: { 支付订单并发送确认邮件给客户然后等待仓库发货通知和物流信息更新: 'שלום', '👩‍👩‍👧‍👦🎉': 'العربية' },
      },
      שלום: { on: { 'مرحبا بالعالم': '"quoted" & <b>bold</b>', 'a\u0000b\u001b[31m\u202e': 'العربية' } },
      العربية: { description: 'e\u0301'.repeat(40) + '\u0301'.repeat(500) },
      '"quoted" & <b>bold</b>': { on: { ']]>': 'lone \ud800 surrogate' } },
      'lone \ud800 surrogate': {},
    },
  }),
  '300 transitions between two states': any({
    id: 'busy',
    initial: 'a',
    states: {
      a: { on: Object.fromEntries(range(300).map((index) => [`EVENT_${index}`, 'b'])) },
      b: { on: { BACK: 'a' } },
    },
  }),
  '9 states, each with a way to each': any({
    id: 'dense',
    initial: 's0',
    states: Object.fromEntries(
      range(9).map((from) => [
        `s${from}`,
        {
          on: Object.fromEntries(
            range(9).map((to) => [`TO_${to}`, { target: `s${to}`, reenter: from === to }]),
          ),
        },
      ]),
    ),
  }),
  'eight levels': any({ id: 'eight', ...levels }),
  'targets in several regions': any({
    id: 'fork',
    initial: 'a',
    states: {
      a: { on: { GO: ['p.x.x2', 'p.y.y2'] } },
      p: {
        type: 'parallel',
        states: {
          x: { initial: 'x1', states: { x1: {}, x2: {} } },
          y: { initial: 'y1', states: { y1: {}, y2: {} } },
        },
        onDone: 'a',
      },
    },
  }),
  invokes: any({
    id: 'calls',
    invoke: { src: fromPromise(async () => 1), onDone: '.b', onError: { actions: 'log' } },
    initial: 'a',
    states: {
      a: { after: { 1000: 'b', slow: { target: 'b', guard: 'may' } } },
      b: { invoke: { src: 'x', onSnapshot: 'a' } },
    },
  }),
};
for (const [name, machine] of Object.entries(machines))
  if (isMachine(machine)) corpus[`machines: ${name}`] = machine;

const laidOut = (geometry: Geometry): number => geometry.edges.length;

describe.each(Object.entries(corpus))('%s', (_, machine) => {
  const chart = toChart(machine);

  it.each(['down', 'right'] as const)('is drawn without a fault, %s', async (direction) => {
    const geometry = await layoutChart(chart, { direction });
    expect(new Measured(geometry).faults()).toEqual([]);
    expect(missing(chart, geometry)).toEqual([]);
    expect(geometry.method).toBe('layered');
  });

  it('is an outline without a fault', async () => {
    const geometry = await layoutChart(chart, { outline: true });
    expect([geometry.method, laidOut(geometry)]).toEqual(['outline', 0]);
    expect(new Measured(geometry).faults()).toEqual([]);
  });
});
