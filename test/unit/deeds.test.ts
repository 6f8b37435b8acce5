import { assign, enqueueActions, fromPromise, log, setup, spawnChild, type AnyActorLogic } from 'xstate';
import { describe, expect, it } from 'vitest';
import { actionOf, executionOf } from '../../src/kernel/act.ts';
import { spawnedInAssign } from '../../src/kernel/assigned.ts';
import { start, step } from '../../src/kernel/step.ts';

const begin = (chart: unknown) => start(chart as AnyActorLogic);

describe('an action of the user’s own', () => {
  const calls: unknown[][] = [];
  const chart = setup({
    types: { context: {} as { n: number } },
    actions: {
      mail: ({ context, event, self }, params: { to: string }) =>
        void calls.push(['mail', context.n, event.type, self.id, params]),
      write: log('x'),
      add: assign({ n: 5 }),
    },
  }).createMachine({
    context: { n: 1 },
    on: {
      GO: {
        actions: [
          { type: 'mail', params: { to: 'ann' } },
          'add',
          function inline() {
            calls.push(['inline']);
          },
          'write',
        ],
      },
      LOST: { actions: 'nowhere' as never },
    },
  });

  it('can be run when the decision is stored, with what it was decided over', () => {
    const [, effects] = step(begin(chart)[0], { type: 'GO' });
    expect(effects.map(({ deed }) => deed)).toEqual([
      { kind: 'action', type: 'mail', params: { to: 'ann' } },
      { kind: 'action', type: 'inline', params: undefined },
      { kind: 'log', label: undefined, value: 'x' },
    ]);
    expect(calls).toEqual([]);
    for (const { deed } of effects) executionOf(deed)?.({ self: { id: 'order/42' } });
    expect(calls).toEqual([['mail', 1, 'GO', 'order/42', { to: 'ann' }], ['inline']]);
    expect(executionOf(effects[2]!.deed)).toBeUndefined();
    expect(executionOf({ ...effects[0]!.deed })).toBeUndefined();
    expect(executionOf(step(begin(chart)[0], { type: 'LOST' })[1][0]!.deed)).toBeUndefined();
  });

  it('is found by its name in another process', () => {
    expect(actionOf(chart, 'mail')).toBeTypeOf('function');
    for (const type of ['add', 'write', 'inline', 'toString', 'nowhere'])
      expect(actionOf(chart, type)).toBeUndefined();
    expect(
      actionOf(
        fromPromise(async () => 1),
        'mail',
      ),
    ).toBeUndefined();
  });
});

describe('a spawn within an assignment', () => {
  const work = fromPromise(async () => 1);
  const inner = setup({ actors: { work } }).createMachine({
    on: { GO: { actions: assign(({ spawn }) => ({ kid: spawn('work', { id: 'w' }) })) } },
    context: {},
  });
  const base = setup({ actors: { work, inner } });

  it('is noticed in a context, an assign, and what is enqueued, also in a child', () => {
    const inContext = base.createMachine({ context: ({ spawn }) => ({ kid: spawn('work', { id: 'w' }) }) });
    expect(spawnedInAssign(begin(inContext)[1])).toEqual({ path: ['w'], src: 'work' });
    const enqueued = base.createMachine({
      context: {},
      entry: enqueueActions(({ enqueue }) =>
        enqueue.assign(({ spawn }) => ({ kid: spawn('work', { id: 'q' }) })),
      ),
    });
    expect(spawnedInAssign(begin(enqueued)[1])).toEqual({ path: ['q'], src: 'work' });
    const inChild = base.createMachine({ invoke: { id: 'kid', src: 'inner' } });
    const [state, effects] = begin(inChild);
    expect(spawnedInAssign(effects)).toBeUndefined();
    expect(spawnedInAssign(step(state, { type: 'GO' }, ['kid'])[1])).toEqual({
      path: ['kid', 'w'],
      src: 'work',
    });
  });

  it('is not taken for the action spawnChild', () => {
    const chart = base.createMachine({
      context: {},
      invoke: { src: 'work' },
      entry: [spawnChild('work'), enqueueActions(({ enqueue }) => enqueue.spawnChild('work', { id: 'e' }))],
    });
    const [, effects] = begin(chart);
    expect(effects).toHaveLength(3);
    expect(spawnedInAssign(effects)).toBeUndefined();
  });
});
