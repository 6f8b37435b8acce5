import { describe, expect, it } from 'vitest';
import { createMachine, fromPromise, type AnyStateMachine } from 'xstate';
import { isTroupeError, type TroupeError } from '../../src/errors.ts';
import { statesOf } from '../../src/inspector/draw/chart.ts';
import { toChart, toMermaid, type ChartState } from '../../src/inspector/index.ts';
import { order } from './fixtures/choices.ts';
import editor from './fixtures/history.ts';
import { long } from './fixtures/large.ts';
import odd from './fixtures/names.ts';
import player from './fixtures/parallel.ts';
import { readMermaid } from './fixtures/read-mermaid.ts';
import meter from './fixtures/root.ts';
import { expectSameDiagram } from './fixtures/same-diagram.ts';

const fixtures: [
  name: string,
  machine: AnyStateMachine,
  states: number,
  transitions: number,
  arrows: number,
][] = [
  ['root', meter, 5, 14, 11],
  ['parallel', player, 11, 8, 9],
  ['history', editor, 12, 6, 9],
  ['names', odd, 15, 17, 15],
  ['choices', order, 5, 19, 13],
  ['large', long, 33, 48, 48],
];

const find = (machine: AnyStateMachine, id: string): ChartState =>
  statesOf(toChart(machine).root).find((state) => state.id === id)!;

const errorOf = (machine: unknown): TroupeError => {
  try {
    toChart(machine as AnyStateMachine);
  } catch (error) {
    if (isTroupeError(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe.each(fixtures)('the %s fixture', (name, machine, states, transitions, arrows) => {
  it('has the counted states, transitions and arrows', () => {
    const all = statesOf(toChart(machine).root);
    expect(all).toHaveLength(states);
    expect(all.flatMap((state) => state.transitions)).toHaveLength(transitions);
    expect(readMermaid(toMermaid(machine)).arrows).toHaveLength(arrows);
  });

  it('draws as the golden text', async () => {
    await expect(toMermaid(machine)).toMatchFileSnapshot(`fixtures/${name}.mmd`);
  });

  it.each([true, false])('reads back as the chart, detail %s', (detail) => {
    expectSameDiagram(toMermaid(machine, { detail }), toChart(machine), { detail });
  });
});

describe('the chart', () => {
  it('is the golden JSON for every kind of guard, action, delay and invoke', async () => {
    await expect(`${JSON.stringify(toChart(order), null, 2)}\n`).toMatchFileSnapshot(
      'fixtures/choices.chart',
    );
  });

  it('leaves out the raise and cancel that XState adds for delays', () => {
    const paying = find(order, 'order.paying');
    expect(paying.transitions.filter(({ trigger }) => trigger.kind === 'after')).toHaveLength(3);
    expect([paying.entry, paying.exit]).toEqual([[], []]);
  });

  it('names an invoked actor by its id, else by its logic', () => {
    const actors = find(order, 'order.paying').transitions.flatMap(({ trigger }) =>
      'actor' in trigger ? [`${trigger.kind} ${trigger.actor}`] : [],
    );
    expect(actors).toEqual([
      'actor.done charge',
      'actor.error charge',
      'actor.done second',
      'actor.snapshot second',
      'actor.error (inline)',
    ]);
  });

  it('resolves the default targets of history states by path and by id', () => {
    const targets = statesOf(toChart(editor).root).flatMap((state) =>
      state.type === 'history' ? [[state.key, state.history, state.targets]] : [],
    );
    expect(targets).toEqual([
      ['recent', 'shallow', []],
      ['exact', 'deep', ['editor.writing.text.bold']],
      ['saved', 'deep', ['editor.asking']],
      ['memory', 'shallow', ['editor.asking']],
    ]);
  });

  it('tells states apart that share an id in XState', () => {
    const machine = createMachine({
      id: 'm',
      initial: 'a',
      states: { a: { initial: 'b', states: { b: { on: { GO: '#m.c' } } } }, 'a.b': {}, c: {} },
    });
    expect(statesOf(toChart(machine).root).map(({ id }) => id)).toEqual([
      'm',
      'm.a',
      'm.a.b',
      'm.a.b~2',
      'm.c',
    ]);
  });

  it('is the same text for the same machine', () => {
    expect(JSON.stringify(toChart(order))).toBe(JSON.stringify(toChart(order)));
  });

  it('runs nothing of the machine', () => {
    const fail = () => {
      throw new Error('was run');
    };
    const machine = createMachine({
      context: fail,
      entry: fail,
      invoke: { src: fromPromise(fail) },
      always: { guard: fail, target: '.a' },
      initial: 'a',
      states: { a: { after: { later: 'a' } } },
    });
    expect(statesOf(toChart(machine).root)).toHaveLength(2);
  });

  it('takes values that JSON cannot hold', () => {
    const loop: Record<string, unknown> = { at: Number.NaN, big: 10n, call: () => 1, none: undefined };
    loop['self'] = loop;
    const machine = createMachine({ entry: { type: 'store', params: loop } } as object);
    expect(toChart(machine).root.entry).toEqual([
      {
        kind: 'named',
        name: 'store',
        params: { at: 'NaN', big: '10', call: '(inline)', self: '(circular)' },
      },
    ]);
  });

  it('refuses what is not a machine', () => {
    const refused = errorOf({ root: {} });
    expect(refused.code).toBe('INVALID_MACHINE');
    expect(refused.message).toMatch(/^Expected an XState v5 machine, got object\./);
  });

  it('refuses a compound state whose initial state does not exist', () => {
    const refused = errorOf(createMachine({ id: 'm', type: 'compound', initial: 'a', states: {} } as object));
    expect(refused.code).toBe('INVALID_MACHINE');
    expect(refused.message).toMatch(/^State "m" cannot be drawn: .*"a".* Correct its config\.$/);
  });

  it('refuses a history state whose target does not exist', () => {
    const states = { h: { type: 'history', target: 'nowhere' } };
    expect(errorOf(createMachine({ initial: 'h', states } as object)).message).toMatch(
      /"nowhere" does not exist/,
    );
  });
});

describe('the Mermaid text', () => {
  it('takes a chart as well as a machine', () => {
    expect(toMermaid(toChart(meter))).toBe(toMermaid(meter));
  });

  it('without detail keeps events and guards and drops actions, entry, exit and invokes', () => {
    const { states, arrows } = readMermaid(toMermaid(order, { detail: false }));
    expect(states.get('paying')?.rows).toEqual(['onDone second', 'onSnapshot second']);
    expect(arrows.find(({ to }) => to === 'paid')?.label).toBe('onDone charge');
  });

  it('draws a machine without states as one box', () => {
    expect(toMermaid(createMachine({ id: 'tiny', on: { PING: { actions: 'pong' } } }))).toBe(
      'stateDiagram-v2\n  state "tiny" as tiny\n  tiny : PING / pong\n',
    );
  });

  it('never gives a state the id of a keyword, of a start or end dot, or of another state', () => {
    const ids = [...readMermaid(toMermaid(odd)).states.keys()];
    expect(ids).toHaveLength(15);
    expect(ids.filter((id) => /^(?:state|note|end|root|default)$|_(?:start|end)$/.test(id))).toEqual([]);
  });
});
