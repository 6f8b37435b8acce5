import { describe, expect, it } from 'vitest';
import { createMachine, fromPromise, raise } from 'xstate';
import * as machines from '../../machines/index.ts';
import { problemsOf, toChart } from '../../src/inspector/index.ts';
import { isMachine } from '../../src/inspector/draw/machine.ts';

const found = (config: object): string[] =>
  problemsOf(toChart(createMachine(config as Parameters<typeof createMachine>[0]))).map(
    ({ kind, at }) => `${kind} ${at}`,
  );

describe('problems of a chart', () => {
  it('are states that nothing leads to; only the outermost is named', () => {
    const states = {
      a: { on: { GO: 'b' } },
      b: { on: { GO: 'a' } },
      lost: { initial: 'x', states: { x: { on: { Y: 'y' } }, y: { on: { X: 'x' } } }, on: { GO: 'a' } },
    };
    expect(found({ id: 'm', initial: 'a', states })).toEqual(['unreachable-state m.lost']);
  });

  it('are not states that are entered with their region, through history, or when a child is done', () => {
    expect(
      found({
        id: 'm',
        initial: 'p',
        states: {
          p: {
            type: 'parallel',
            onDone: 'end',
            states: {
              x: { initial: 'a', states: { a: { on: { F: 'f' } }, f: { type: 'final' } } },
              y: { initial: 'h', states: { h: { type: 'history', target: 'f' }, f: { type: 'final' } } },
            },
          },
          end: { type: 'final' },
        },
      }),
    ).toEqual([]);
  });

  it('are transitions behind one without a guard, or behind an always without a guard', () => {
    const on = { GO: [{ guard: 'may', target: 'b' }, { target: 'c' }, { target: 'd', guard: 'x' }] };
    const rest = { on: { BACK: 'a' } };
    expect(
      found({
        id: 'm',
        initial: 'a',
        states: { a: { on }, b: { always: 'a', on: { X: 'c' } }, c: rest, d: { on: { BACK: 'a' } } },
      }),
    ).toEqual(['dead-transition m.a:GO:2', 'dead-transition m.b:X:0', 'unreachable-state m.d']);
  });

  it('are onDone of a state that cannot come to its end', () => {
    const states = {
      a: { initial: 'x', states: { x: { on: { Y: 'y' } }, y: { on: { X: 'x' } } }, onDone: 'b' },
      b: { type: 'final' },
    };
    expect(found({ id: 'm', initial: 'a', states })).toEqual([
      'dead-transition m.a:onDone:0',
      'unreachable-state m.b',
    ]);
  });

  it('are states in which nothing can happen', () => {
    expect(found({ id: 'm', initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } })).toEqual([
      'dead-end m.b',
    ]);
    expect(
      found({ id: 'm', initial: 'a', on: { RESET: '.a' }, states: { a: { on: { GO: 'b' } }, b: {} } }),
    ).toEqual([]);
    expect(found({ id: 'm' })).toEqual([]);
  });

  it('are raised events that no state handles', () => {
    expect(
      found({ id: 'm', entry: [raise({ type: 'GONE' }), raise({ type: 'a.b' })], on: { 'a.*': {} } }),
    ).toEqual(['unheard-event m']);
    expect(found({ id: 'm', entry: raise({ type: 'GONE' }), on: { '*': {} } })).toEqual([]);
  });

  it('are invoked actors whose errors nobody handles', () => {
    const invoke = { src: 'load', id: 'load' };
    expect(found({ id: 'm', initial: 'a', states: { a: { invoke, on: { X: 'a' } } } })).toEqual([
      'unhandled-error m.a',
    ]);
    expect(
      found({ id: 'm', initial: 'a', on: { 'xstate.error.actor.load': {} }, states: { a: { invoke } } }),
    ).toEqual([]);
  });

  it('are names without implementation, of a machine', () => {
    const machine = createMachine({
      id: 'm',
      entry: ['there', 'gone'],
      invoke: [
        { src: 'load', onError: {} },
        { src: 'other', onError: {} },
      ],
      on: { GO: { guard: 'may' } },
      after: { slow: {}, 10: {} },
    } as object).provide({
      actions: { there: () => undefined },
      actors: { load: fromPromise(async () => 1) },
    });
    expect(problemsOf(machine).map(({ at, text }) => `${at}: ${text}`)).toEqual([
      'm: there is no implementation of the action "gone"',
      'm:GO:0: there is no implementation of the guard "may"',
      'm:after.slow:0: there is no implementation of the delay "slow"',
      'm: there is no implementation of the actor "other"',
    ]);
    expect(problemsOf(toChart(machine))).toEqual([]);
  });

  it('are few in the charts of this project, and known', () => {
    const all = Object.entries(machines).flatMap(([name, machine]) =>
      isMachine(machine) ? problemsOf(machine).map(({ kind, at }) => `${name}: ${kind} ${at}`) : [],
    );
    expect(all).toMatchInlineSnapshot(`
      [
        "service: unhandled-error service.starting",
      ]
    `);
  });
});
